"""What the product is measured by; every figure stands beside a limit taken in the same run."""

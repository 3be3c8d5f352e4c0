"""Values in, bytes out: tables as CSV, spreadsheets and PDF, journals as Beancount, figures."""

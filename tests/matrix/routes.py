"""How to ask each route for something of one's own, of somebody else's, and of nobody's."""

from __future__ import annotations

from dataclasses import replace
from enum import Enum, auto

from fundtracker.domain.roles import Permission
from fundtracker.web.access import Rule


class Thing(Enum):
    """What a part of an address names."""

    FUND = auto()
    SECTION = auto()
    DONATION = auto()
    PLEDGE = auto()
    ALLOCATION = auto()
    MEMBER = auto()
    GRANT = auto()
    EXPORT = auto()
    PASSKEY = auto()
    INBOX_ROW = auto()
    JOB = auto()


NUMBERED = {Thing.GRANT, Thing.PASSKEY, Thing.INBOX_ROW, Thing.JOB}

Parts = dict[str, Thing | str | int]

_FUND: Parts = {"slug": Thing.FUND}
_MEMBER: Parts = {"token": Thing.MEMBER}
_DONATION: Parts = {"token": Thing.DONATION}
_PROMISE: Parts = {"token": Thing.PLEDGE}
_EXPORT: Parts = {"token": Thing.EXPORT}
_PASSKEY: Parts = {"passkey_id": Thing.PASSKEY}
_INBOX: Parts = {"row_id": Thing.INBOX_ROW}
_JOB: Parts = {"job_id": Thing.JOB}
_SECTION: Parts = {"code": Thing.SECTION}
_LINK: Parts = {"token": "nobodysthing"}
# Its address is the key: nobody is asked who they are, and one that is nobody's is not there.
_PLEDGE: Parts = {"key": "nobodysthing"}

_PUBLIC = Rule()
_HALF = Rule(staff=True)
_SIGNED_IN = Rule(staff=True, complete=True)


def _needs(permission: Permission) -> Rule:
    return replace(_SIGNED_IN, permission=permission)


# Every route by who may use it and by its endpoint, said a second time: a rule that is changed is
# changed here as well. A route that is missing here fails, and so does one that is gone.
TABLE: dict[Rule, dict[str, Parts]] = {
    _PUBLIC: {
        "account.accept": _LINK,
        "account.choose": _LINK,
        "account.demo": {},
        "account.forgotten": {},
        "account.passkey_question": {},
        "account.reset": _LINK,
        "account.send_link": {},
        "account.sign_in": {},
        "account.sign_in_by_passkey": {},
        "account.sign_in_by_password": {},
        "account.sign_out": {},
        "account.welcome": _LINK,
        "api.stream": {"fund": Thing.FUND},
        "api.total": {"fund": Thing.FUND},
        "giving.give": _FUND,
        "giving.outcome.cancelled": _FUND,
        "giving.outcome.status": _FUND,
        "giving.outcome.thanks": _FUND,
        "giving.pledge.asked": _FUND,
        "giving.pledge.asking": _LINK,
        "giving.pledge.claim": _FUND,
        "giving.pledge.claiming": _FUND,
        "giving.pledge.confirm": _LINK,
        "giving.pledge.lower": _PLEDGE,
        "giving.pledge.make": _FUND,
        "giving.pledge.name": _PLEDGE,
        "giving.pledge.new": _FUND,
        "giving.pledge.own": _PLEDGE,
        "giving.pledge.pay": _PLEDGE,
        "giving.pledge.postpone": _PLEDGE,
        "giving.pledge.resume": _PLEDGE,
        "giving.pledge.say_paid": _PLEDGE,
        "giving.pledge.stop": _PLEDGE,
        "giving.pledge.stopping": _PLEDGE,
        "giving.pledge.withdraw": _PLEDGE,
        "giving.progress": _FUND,
        "giving.start": _FUND,
        "health.healthz": {},
        "health.readyz": {},
        "home.home": {},
        "screen.screen": _FUND,
        "treasury.plotly": {"digest": "0"},
        "webhooks.stripe": {},
        "webhooks.stripe_account": {"account": "main"},
    },
    _HALF: {
        "account.authenticator": {},
        "account.confirm_authenticator": {},
        "account.keep_passkey": {},
        "account.new_passkey": {},
        "account.passkey_order": {},
        "account.second_factor": {},
        "account.show_second_factor": {},
    },
    _SIGNED_IN: {
        "account.change": {},
        "account.home": {},
        "account.own": {},
        "account.password": {},
        "account.sign_out_others": {},
    },
    replace(_SIGNED_IN, fresh=True): {
        "account.make_recovery_codes": {},
        "account.recovery_codes": {},
        "account.remove": {},
        "account.remove_passkey": _PASSKEY,
        "account.removing": {},
        "account.removing_passkey": _PASSKEY,
    },
    _needs(Permission.READ_LEDGER): {
        "treasury.donation": _DONATION,
        "treasury.donations": {},
        "treasury.export_file": _EXPORT,
        "treasury.export_make": {},
        "treasury.export_new": {},
        "treasury.exports": {},
        "treasury.figure_csv": {"name": "course"},
        "treasury.figures": {},
        "treasury.journals": {},
        "treasury.overview": {},
        "treasury.owed": {},
        "treasury.pledge": _PROMISE,
        "treasury.pledges": {},
        "treasury.promises": {},
        "treasury.refunds": {},
    },
    _needs(Permission.ENTER_GIFTS): {
        "treasury.enter": {},
        "treasury.enter_make": {},
        "treasury.reverse": _DONATION,
        "treasury.reverse_make": _DONATION,
    },
    _needs(Permission.CHANGE_PLEDGES): {
        "treasury.allocate_choose": _DONATION,
        "treasury.allocate_pay": _DONATION,
        "treasury.allocation_decide": {"token": Thing.ALLOCATION, "verdict": "confirm"},
        "treasury.match": {},
        "treasury.matches": {},
        "treasury.pledge_decide": _PROMISE | {"verdict": "confirm"},
        "treasury.pledge_edit": _PROMISE,
        "treasury.pledge_make": {},
        "treasury.pledge_new": {},
        "treasury.pledge_save": _PROMISE,
        "treasury.promises_looked_at": {},
    },
    replace(_needs(Permission.REFUND), fresh=True): {
        "treasury.refund": _DONATION,
        "treasury.refund_order": _DONATION,
    },
    _needs(Permission.READ_INBOX): {
        "office.inbox": {},
    },
    replace(_needs(Permission.WORK_INBOX), fresh=True): {
        "office.inbox_ask": _INBOX,
        "office.inbox_job": _JOB,
        "office.inbox_job_retry": _JOB,
        "office.inbox_retry": _INBOX,
        "office.inbox_row": _INBOX,
        "office.inbox_set_aside": _INBOX,
    },
    _needs(Permission.USE_DESK): {
        "desk.check": _FUND,
        "desk.check_save": _FUND,
        "desk.desk": _FUND,
        "desk.desks": {},
        "desk.difference": _FUND,
        "desk.difference_save": _FUND,
        "desk.lines": _FUND,
        "desk.prepared": _FUND,
        "desk.prepared_save": _FUND,
        "desk.read": _FUND,
        "desk.state": _FUND,
        "desk.stream": _FUND,
        "desk.tally": _FUND,
    },
    _needs(Permission.READ_FUNDS): {
        "office.fund": _FUND,
        "office.funds": {},
        "office.rates": _FUND,
        "office.section": _SECTION,
        "office.sections": {},
    },
    _needs(Permission.CHANGE_FUNDS): {
        "office.fund_create": {},
        "office.fund_desk": _FUND,
        "office.fund_desk_save": _FUND,
        "office.fund_milestone": _FUND,
        "office.fund_new": {},
        "office.fund_open": _FUND,
        "office.fund_pause": _FUND,
        "office.fund_save": _FUND,
        "office.fund_target": _FUND,
        "office.section_aliases": _SECTION,
        "office.section_aliases_save": _SECTION,
        "office.section_create": {},
        "office.section_new": {},
        "office.section_part": _SECTION | _FUND,
        "office.section_save": _SECTION,
        "office.sections_import": _FUND,
        "office.sections_take": _FUND,
    },
    replace(_needs(Permission.CHANGE_FUNDS), fresh=True): {
        "office.fund_base": _FUND,
        "office.fund_base_save": _FUND,
        "office.fund_end": _FUND | {"status": "closed"},
        "office.fund_ended": _FUND | {"status": "closed"},
        "office.fund_real": _FUND,
        "office.fund_real_make": _FUND,
    },
    replace(_needs(Permission.CHANGE_RATES), fresh=True): {
        "office.rates_enter": _FUND,
        "office.rates_import": _FUND,
        "office.rates_lock": _FUND,
        "office.rates_locked": _FUND,
        "office.rates_set": _FUND,
        "office.rates_take": _FUND,
    },
    replace(_needs(Permission.CHANGE_TERMS), fresh=True): {
        "office.promises": _FUND,
        "office.promises_save": _FUND,
    },
    _needs(Permission.READ_STAFF): {
        "office.people": {},
        "office.people_member": _MEMBER,
    },
    replace(_needs(Permission.CHANGE_STAFF), fresh=True): {
        "office.people_change": _MEMBER,
        "office.people_disable": _MEMBER,
        "office.people_enable": _MEMBER,
        "office.people_factor": _MEMBER,
        "office.people_grant": _MEMBER,
        "office.people_invite": {},
        "office.people_new": {},
        "office.people_rename": _MEMBER,
        "office.people_send": _MEMBER,
        "office.people_sign_out": _MEMBER,
        "office.people_take": _MEMBER | {"grant_id": Thing.GRANT},
    },
    _needs(Permission.READ_AUDIT): {
        "office.audit": {},
    },
    _needs(Permission.READ_NAMES): {
        "treasury.donation_names": _DONATION,
        "treasury.pledge_names": _PROMISE,
    },
}
RULES = {endpoint: rule for rule, routes in TABLE.items() for endpoint in routes}
ROUTES = {endpoint: parts for routes in TABLE.values() for endpoint, parts in routes.items()}
# They ask whether it is really meant before they look for it, whatever it is.
ASK_FIRST = {"account.removing_passkey", "account.remove_passkey"}
# They never end by themselves: the first message is enough.
STREAMS = {"api.stream", "desk.stream"}

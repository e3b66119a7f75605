"""Who decides about an appeal. Pure."""

from collections.abc import Set

from deliberation.consultations.people import RoleName


def may_decide_appeal(
    account_id: int, roles: Set[RoleName], *, involved: Set[int], facilitators: Set[int]
) -> bool:
    """Say whether the account may decide.

    `involved` are the accounts that made the decision or are concerned by it: they never do. Another
    facilitator does; a member of the working group, where there is no other facilitator.
    """
    if account_id in involved:
        return False
    if RoleName.FACILITATOR in roles:
        return True
    return RoleName.WORKING_GROUP in roles and not facilitators - involved

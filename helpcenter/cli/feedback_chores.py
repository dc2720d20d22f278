"""What feedback needs now and then: weekly digests for the teams, and invitations to surveys."""

from flask import current_app

from helpcenter.web import feedback_chores


def mail_feedback_digests() -> None:
    """Mail what readers wrote last week to whoever looks after it."""
    # A context of its own: it reads site.yaml as it is now.
    with current_app.app_context():
        feedback_chores.mail_digests()


def invite_to_surveys() -> None:
    """Ask those whose request was solved how we did."""
    with current_app.app_context():
        feedback_chores.invite_solved()

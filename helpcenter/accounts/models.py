"""Staff: who may sign in, and who is signed in."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpcenter.storage import db
from helpcenter.storage.columns import Json, UTCDateTime, utcnow


class StaffUser(db.Model):
    """Somebody of the staff, with a role and the part of the help center it is for."""

    __tablename__ = "staff_user"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(320), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    role: Mapped[str] = mapped_column(String(12))
    password_hash: Mapped[str] = mapped_column(String(200))
    # The sections (with those below) and languages the rights are for; an empty list means all.
    sections: Mapped[list] = mapped_column(Json, default=list, server_default="[]")
    languages: Mapped[list] = mapped_column(Json, default=list, server_default="[]")
    # The second factor: its secret, and the last step of time whose code was taken, so that none is taken twice.
    totp_secret: Mapped[str | None] = mapped_column(String(64))
    totp_step: Mapped[int] = mapped_column(default=0, server_default="0")
    disabled: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)


class StaffSession(db.Model):
    """One sign-in. Deleting the row ends it at once."""

    __tablename__ = "staff_session"

    token_digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id", ondelete="CASCADE"), index=True)
    csrf_token: Mapped[str] = mapped_column(String(43))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    last_seen_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    # When the person last proved who they are; dangerous acts ask again.
    proven_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    # Which browser and system, in a few words.
    device: Mapped[str] = mapped_column(String(80), default="", server_default="")

    user: Mapped[StaffUser] = relationship()


class SignInAttempt(db.Model):
    """A failed sign-in, kept for the throttle. Names are digests: a mistyped password may stand in the name field."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (Index(None, "subject", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)


class HalfSignIn(db.Model):
    """The password was right, the second factor is still to come. Opens nothing but the page that asks for it."""

    __tablename__ = "half_sign_in"

    token_digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)

    user: Mapped[StaffUser] = relationship()


class RecoveryCode(db.Model):
    """A code for whoever has lost the second factor. Using it deletes the row."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("user_id", "code_digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id", ondelete="CASCADE"), index=True)
    code_digest: Mapped[str] = mapped_column(String(64))


class StaffLink(db.Model):
    """A mailed link that makes an account (`invite`) or a new password (`reset`). Using it deletes the row."""

    __tablename__ = "staff_link"

    token_digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(8))
    email: Mapped[str] = mapped_column(String(320), index=True)
    role: Mapped[str] = mapped_column(String(12), default="")
    sections: Mapped[list] = mapped_column(Json, default=list)
    languages: Mapped[list] = mapped_column(Json, default=list)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ApiToken(db.Model):
    """The right of a program to do some things, as the person who made it. Only the digest is kept."""

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    scopes: Mapped[list] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    user: Mapped[StaffUser] = relationship()


class AuditEntry(db.Model):
    """Who changed what, and when. Rows are only added; the names outlive the accounts."""

    __tablename__ = "audit_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow, index=True)
    # None: from the command line, or a person who had not signed in yet.
    staff_id: Mapped[int | None] = mapped_column(index=True)
    who: Mapped[str] = mapped_column(String(320))
    action: Mapped[str] = mapped_column(String(60), index=True)
    subject: Mapped[str] = mapped_column(String(400), default="")
    details: Mapped[dict] = mapped_column(Json, default=dict)


class StaffIdentity(db.Model):
    """Who an account is at an identity provider. Signing in there opens the account."""

    __tablename__ = "staff_identity"
    __table_args__ = (UniqueConstraint("issuer", "subject"), UniqueConstraint("issuer", "user_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id", ondelete="CASCADE"), index=True)
    issuer: Mapped[str] = mapped_column(String(300))
    # What the provider calls the person for ever; addresses change hands.
    subject: Mapped[str] = mapped_column(String(255))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)

    user: Mapped[StaffUser] = relationship()

"""Files people hand in: listed types, limited size, kept by digest under the data folder."""

import hashlib
import os
import tempfile
from pathlib import Path, PurePath

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext as _

from lianzhu.apps.core.errors import RuleBroken
from lianzhu.apps.core.models import StoredFile, User

SPREADSHEETS = frozenset({".xlsx", ".xls", ".xlsm", ".ods", ".csv"})
PAPERS = frozenset({".pdf", ".docx", ".doc", ".xlsx", ".xls", ".csv", ".png", ".jpg", ".jpeg"})


def path_of(stored: StoredFile) -> Path:
    """Where the bytes lie. Only code that has checked the reader may open it."""
    return Path(settings.FILES_DIR) / stored.digest[:2] / f"{stored.digest}{stored.suffix}"


def store(upload: UploadedFile, *, actor: User, allowed: frozenset[str], limit: int | None = None) -> StoredFile:
    """Keep an uploaded file. Refuses an unlisted type or a file over the limit, saying what to do instead."""
    name = PurePath((upload.name or "file").replace("\\", "/")).name[-200:]
    suffix = PurePath(name).suffix.lower()
    most = settings.UPLOAD_LIMIT if limit is None else limit
    if suffix not in allowed:
        raise RuleBroken(
            _("Files of type %(suffix)s are not taken. Use one of: %(list)s.")
            % {"suffix": suffix or "?", "list": ", ".join(sorted(allowed))}
        )
    if (upload.size or 0) > most:
        raise RuleBroken(
            _("%(name)s is %(size)s MB; the limit is %(limit)s MB. Split it and send the parts.")
            % {"name": name, "size": (upload.size or 0) // 2**20, "limit": most // 2**20}
        )
    return _keep(upload, name=name, suffix=suffix, actor=actor)


def store_path(path: Path, *, actor: User) -> StoredFile:
    """Keep a copy of a file that is already on this machine (command line and demo)."""
    with path.open("rb") as handle:
        upload = UploadedFile(handle, name=path.name, size=path.stat().st_size)
        return _keep(upload, name=path.name, suffix=path.suffix.lower(), actor=actor)


def _keep(upload: UploadedFile, *, name: str, suffix: str, actor: User) -> StoredFile:
    folder = Path(settings.FILES_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    # Written beside its place and moved at the end: a killed upload leaves no half file under a final name.
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as out:
        for chunk in upload.chunks():
            digest.update(chunk)
            size += len(chunk)
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    target = folder / digest.hexdigest()[:2] / f"{digest.hexdigest()}{suffix}"
    target.parent.mkdir(exist_ok=True)
    Path(out.name).replace(target)
    return StoredFile.objects.create(
        name=name, suffix=suffix, size=size, digest=digest.hexdigest(), stored_by=actor, stored_at=timezone.now()
    )

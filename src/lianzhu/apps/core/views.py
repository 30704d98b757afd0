"""What every view needs: the signed-in person, and answers that are files."""

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header

from lianzhu.apps.core.models import User

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def person(request: HttpRequest) -> User:
    """The signed-in person; behind `login_required` there always is one."""
    if not isinstance(request.user, User):
        raise TypeError("this view needs login_required")
    return request.user


def download(content: bytes, name: str, content_type: str = XLSX) -> HttpResponse:
    """A file to keep; Chinese names survive."""
    header = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return HttpResponse(content, content_type=content_type, headers={"Content-Disposition": header})

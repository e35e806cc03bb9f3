"""The designer's part of /api/v1/: flows, versions, drafts."""

from django.urls import path

from designer.api.drafts import DraftDetail
from designer.api.flows import FlowDetail, FlowList
from designer.api.trigger import FlowTrigger
from designer.api.versions import VersionDetail, VersionList

__all__ = ["urlpatterns"]

urlpatterns = [
    path("flows/", FlowList.as_view(), name="flows"),
    path("flows/<slug:key>/", FlowDetail.as_view(), name="flow"),
    path("flows/<slug:key>/draft/", DraftDetail.as_view(), name="draft"),
    path("flows/<slug:key>/trigger/", FlowTrigger.as_view(), name="trigger"),
    path("flows/<slug:key>/versions/", VersionList.as_view(), name="versions"),
    path("flows/<slug:key>/versions/<int:number>/", VersionDetail.as_view(), name="version"),
]

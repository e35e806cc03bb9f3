"""/api/v1/ of the runtime. The designer adds its own (`designer/api/urls.py`)."""

from django.urls import path

from integrations.api import (
    approvals,
    backfills,
    bindings,
    compensation,
    connections,
    effects,
    events,
    failures,
    monitor,
    pausing,
    run_actions,
    run_endings,
    run_lists,
    runs,
    schedules,
    session,
    tables,
)
from integrations.api.catalogue import Catalogue
from integrations.api.schema import SchemaView

__all__ = ["urlpatterns"]


_TABLE = "mapping-tables/<slug:env>/<slug:key>"

urlpatterns = [
    path("session/", session.SessionView.as_view(), name="session"),
    path("schema/", SchemaView.as_view(), name="schema"),
    path("health/details/", monitor.HealthDetails.as_view(), name="health-details"),
    path("notices/", monitor.Notices.as_view(), name="notices"),
    path("catalogue/", Catalogue.as_view(), name="catalogue"),
    path("runs/", runs.RunList.as_view(), name="runs"),
    path("runs/<int:pk>/", runs.RunDetail.as_view(), name="run"),
    path("runs/<int:pk>/steps/", runs.RunStep.as_view(), name="run-step"),
    path("runs/<int:pk>/list/", run_lists.RunListPage.as_view(), name="run-list"),
    path("runs/<int:pk>/timeline/", runs.RunTimeline.as_view(), name="run-timeline"),
    path("runs/<int:pk>/retry/", run_actions.RunRetry.as_view(), name="run-retry"),
    path("runs/<int:pk>/retry-plan/", run_actions.RunRetryPlan.as_view(), name="run-retry-plan"),
    path("runs/<int:pk>/decide/", run_actions.RunDecide.as_view(), name="run-decide"),
    path("runs/<int:pk>/cancel/", run_actions.RunCancel.as_view(), name="run-cancel"),
    path("runs/<int:pk>/give-up/", run_endings.RunGiveUp.as_view(), name="run-give-up"),
    path("runs/<int:pk>/skip/", run_endings.RunSkip.as_view(), name="run-skip"),
    path("approvals/", approvals.ApprovalList.as_view(), name="approvals"),
    path("approvals/<int:pk>/", approvals.ApprovalDetail.as_view(), name="approval"),
    path("approvals/<int:pk>/decide/", approvals.ApprovalDecide.as_view(), name="approval-decide"),
    path("failures/", failures.FailureList.as_view(), name="failures"),
    path("failures/<int:pk>/", failures.FailureDetail.as_view(), name="failure"),
    path("failures/<int:pk>/retry/", failures.FailureRetry.as_view(), name="failure-retry"),
    path("failures/<int:pk>/give-up/", failures.FailureGiveUp.as_view(), name="failure-give-up"),
    path("failures/<int:pk>/resolve/", failures.FailureResolve.as_view(), name="failure-resolve"),
    path("failures/<int:pk>/ignore/", failures.FailureIgnore.as_view(), name="failure-ignore"),
    path("failures/<int:pk>/note/", failures.FailureNote.as_view(), name="failure-note"),
    path("effects/", effects.EffectList.as_view(), name="effects"),
    path("effects/<int:pk>/", effects.EffectDetail.as_view(), name="effect"),
    path(
        "effects/<int:pk>/compensation/",
        compensation.EffectCompensation.as_view(),
        name="effect-compensation",
    ),
    path("cross-references/", effects.CrossReferenceList.as_view(), name="cross-references"),
    path("connections/", connections.ConnectionList.as_view(), name="connections"),
    path("connections/<int:pk>/", connections.ConnectionDetail.as_view(), name="connection"),
    path("connections/<int:pk>/test/", connections.ConnectionTest.as_view(), name="connection-test"),
    path(
        "connections/<int:pk>/authorize/",
        connections.ConnectionAuthorize.as_view(),
        name="connection-authorize",
    ),
    path("environments/<slug:env>/bindings/<slug:slot>/", bindings.BindingDetail.as_view(), name="binding"),
    path("mapping-tables/", tables.TableList.as_view(), name="tables"),
    path(f"{_TABLE}/rows/", tables.TableRows.as_view(), name="table-rows"),
    path(f"{_TABLE}/rows/<int:pk>/", tables.TableRow.as_view(), name="table-row"),
    path(f"{_TABLE}/import/", tables.TableImport.as_view(), name="table-import"),
    path(f"{_TABLE}/export/", tables.TableExport.as_view(), name="table-export"),
    path("events/", events.EventList.as_view(), name="events"),
    path("events/<int:pk>/", events.EventDetail.as_view(), name="event"),
    path("endpoints/", events.EndpointList.as_view(), name="endpoints"),
    path("endpoints/<int:pk>/backfills/", backfills.EndpointBackfills.as_view(), name="endpoint-backfills"),
    path("endpoints/<int:pk>/pause/", pausing.EndpointPause.as_view(), name="endpoint-pause"),
    path("endpoints/<int:pk>/resume/", pausing.EndpointResume.as_view(), name="endpoint-resume"),
    path("backfills/<int:pk>/cancel/", backfills.BackfillCancel.as_view(), name="backfill-cancel"),
    path("schedules/", schedules.ScheduleList.as_view(), name="schedules"),
    path("schedules/preview/", schedules.SchedulePreview.as_view(), name="schedule-preview"),
    path("refusals/", events.RefusalList.as_view(), name="refusals"),
]

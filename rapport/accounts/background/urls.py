"""Addresses of jobs in the settings."""

from django.urls import path

from rapport.accounts.background.views import job, job_cancel, job_retry, job_retry_all, job_schedule, jobs

urlpatterns = [
    path("", jobs, name="jobs"),
    path("schedule/", job_schedule, name="job_schedule"),
    path("retry/", job_retry_all, name="job_retry_all"),
    path("<int:job_id>/", job, name="job"),
    path("<int:job_id>/retry/", job_retry, name="job_retry"),
    path("<int:job_id>/cancel/", job_cancel, name="job_cancel"),
]

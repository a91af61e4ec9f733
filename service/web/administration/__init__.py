"""Administration: rules and weights, runs, imports, who may sign in, and the trail of who did what."""

from fastapi import APIRouter

from service.web.administration import audit, front, imports, previews, records, rules, runs, users, weights

router = APIRouter()
for part in (front, rules, weights, previews, runs, imports, users, audit, records):
    router.include_router(part.router)

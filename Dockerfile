# The environment is built from the hash lock in one stage and copied to a small image that runs as nobody in particular.
FROM python:3.13-slim-bookworm AS build
WORKDIR /build
COPY requirements.lock ./
RUN python -m venv /opt/matcher && /opt/matcher/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY pyproject.toml README.md ./
COPY matcher matcher
COPY features features
COPY fixtures fixtures
COPY service service
RUN /opt/matcher/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.13-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /var/lib/matcher --create-home matcher
COPY --from=build /opt/matcher /opt/matcher
ENV PATH=/opt/matcher/bin:$PATH \
    NUMBA_CACHE_DIR=/var/lib/matcher/.numba \
    MATCHER_DATABASE_URL=sqlite:////var/lib/matcher/matcher.db \
    MATCHER_HOST=0.0.0.0 \
    MATCHER_ENVIRONMENT=production
USER 10001
WORKDIR /var/lib/matcher
RUN matcher prepare
VOLUME /var/lib/matcher
EXPOSE 8760
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8760/livez', timeout=3)"]
CMD ["sh", "-c", "matcher migrate && exec matcher serve"]

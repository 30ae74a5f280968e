#!/bin/sh
# Rebuilds the committed bytes: probe.amd64.bin and probe.arm64.bin in the folder that is given (default: here).
# The bytes are those of Debian 12's gcc 12.2 and binutils 2.40; a test compares them.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
to=${1:-$here}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
build() { # name, prefix of the tools, options
    "$2gcc" -Os -std=c11 -Wall -Wextra -Werror -ffreestanding -nostdlib -static -fno-pie -fno-pic -fno-stack-protector -fno-builtin \
        -fno-asynchronous-unwind-tables -fno-unwind-tables -fno-ident -fno-tree-loop-distribute-patterns -fomit-frame-pointer \
        -frandom-seed=probe $3 -c "$here/probe.c" -o "$work/$1.o"
    "$2ld" -nostdlib -static --build-id=none -z noexecstack -T "$here/probe.ld" -e _start "$work/$1.o" -o "$work/$1.elf"
    "$2objcopy" -O binary -j .all "$work/$1.elf" "$to/probe.$1.bin"
}
build amd64 x86_64-linux-gnu- "-march=x86-64 -mno-red-zone -mgeneral-regs-only -fcf-protection=none"
build arm64 aarch64-linux-gnu- "-march=armv8-a -mgeneral-regs-only -mno-outline-atomics"

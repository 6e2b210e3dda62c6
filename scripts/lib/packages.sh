# shellcheck shell=bash
# Installs what is missing, and only that. Sourced, not run; needs jdk.sh.

# Debian's package for each command that the build, the demo or the tests use.
declare -Ar PACKAGE_OF=(
    [mvn]=maven
    [ip]=iproute2
    [nft]=nftables
    [nginx]=nginx-light
    [wrk]=wrk
    [iperf3]=iperf3
    [curl]=curl
    [ethtool]=ethtool
    [tcpdump]=tcpdump
    [dig]=bind9-dnsutils
    [nsenter]=util-linux
    [ping]=iputils-ping
    [fc-match]=fontconfig
)

say()
{
    printf '==> %s\n' "$*"
}

# Prints those of the given commands that are not here. sbin is where half of them live, and not on every PATH.
missing_commands()
{
    local command
    for command in "$@"; do
        PATH="$PATH:/usr/sbin:/sbin" command -v "$command" > /dev/null || printf '%s\n' "$command"
    done
}

# Installs Debian packages without letting any of them start a service: the lab runs its own copies.
install_packages()
{
    local policy=/usr/sbin/policy-rc.d wrote_policy=0 status=0
    if ! command -v apt-get > /dev/null; then
        printf 'headrace: please install: %s (no apt-get here to do it)\n' "$*" >&2
        return 1
    fi
    if ((EUID != 0)); then
        printf 'headrace: please install as root: apt-get install %s\n' "$*" >&2
        return 1
    fi
    say "installing $*"
    if [[ ! -e "$policy" ]]; then
        printf '#!/bin/sh\nexit 101\n' > "$policy"
        chmod 755 "$policy"
        wrote_policy=1
    fi
    {
        apt-get update -qq &&
            DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
    } > /dev/null || status=$?
    ((wrote_policy == 0)) || rm -f "$policy"
    return "$status"
}

# Makes the given commands available.
need_commands()
{
    local command packages=()
    while read -r command; do
        packages+=("${PACKAGE_OF[$command]}")
    done < <(missing_commands "$@")
    ((${#packages[@]} == 0)) || install_packages "${packages[@]}"
}

# Installs the distribution's own Java, $1 = jdk or jre, where it has one and we may.
install_java()
{
    local package="openjdk-$HEADRACE_JDK_RELEASE-$1-headless"
    if ((EUID == 0)) && command -v apt-get > /dev/null && apt-get update -qq > /dev/null &&
        apt-cache show "$package" > /dev/null 2>&1; then
        install_packages "$package"
    fi
}

# Sets JAVA_HOME to a JDK with a compiler, from the distribution's package if there is no other.
need_jdk()
{
    if ! JAVA_HOME="$(find_java_home jdk)"; then
        install_java jdk
        if ! JAVA_HOME="$(find_java_home jdk)"; then
            explain_missing_java
            return 1
        fi
    fi
    export JAVA_HOME
}

# Debian's Maven brings a Guava that warns on new JDKs.
export_maven_options()
{
    export MAVEN_OPTS="${MAVEN_OPTS:---sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED}"
}

# shellcheck shell=bash
# Finds a JDK. Sourced, not run. Reads files only, so that the launcher stays quick to start.

readonly HEADRACE_JDK_RELEASE=25

# Prints the feature release (25) of the JDK or JRE in directory $1; fails when there is none.
jdk_release()
{
    local version
    [[ -x "$1/bin/java" && -r "$1/release" ]] || return 1
    while IFS='=' read -r key version; do
        if [[ "$key" == JAVA_VERSION ]]; then
            version="${version//\"/}"
            printf '%s\n' "${version%%[.+-]*}"
            return 0
        fi
    done < "$1/release"
    return 1
}

# True when directory $1 holds a release that is new enough and, with $2 = jdk, a compiler.
jdk_fits()
{
    local release
    release="$(jdk_release "$1")" || return 1
    ((release >= HEADRACE_JDK_RELEASE)) || return 1
    [[ "${2:-jre}" == jre || -x "$1/bin/javac" ]]
}

# Prints the home of a fitting Java; $1 = jdk asks for a compiler too. Fails when there is none.
find_java_home()
{
    local candidate on_path
    for candidate in "${HEADRACE_JAVA_HOME:-}" "${JAVA_HOME:-}"; do
        if [[ -n "$candidate" ]] && jdk_fits "$candidate" "${1:-jre}"; then
            printf '%s\n' "$candidate"
            return 0
        fi
    done
    if on_path="$(command -v java)"; then
        on_path="$(readlink -f "$on_path")"
        candidate="${on_path%/bin/java}"
        if jdk_fits "$candidate" "${1:-jre}"; then
            printf '%s\n' "$candidate"
            return 0
        fi
    fi
    for candidate in /usr/lib/jvm/*; do
        if jdk_fits "$candidate" "${1:-jre}"; then
            printf '%s\n' "$candidate"
            return 0
        fi
    done
    return 1
}

# What to say when there is none.
explain_missing_java()
{
    printf '%s\n' \
        "headrace: no Java $HEADRACE_JDK_RELEASE or newer found" \
        "  looked at: HEADRACE_JAVA_HOME, JAVA_HOME, PATH, /usr/lib/jvm" \
        "  install a JDK $HEADRACE_JDK_RELEASE (Debian 13 and later: apt-get install openjdk-$HEADRACE_JDK_RELEASE-jdk-headless;" \
        "  elsewhere any vendor's, unpacked under /usr/lib/jvm) or set HEADRACE_JAVA_HOME to one" >&2
}

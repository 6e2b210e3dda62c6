# shellcheck shell=bash
# Builds the jars when they are older than their sources. Sourced, not run; needs packages.sh, and $home.

# The file whose time says when the last whole build ended.
readonly BUILD_STAMP="${home:?}/target/built"

# True when every jar is there and no source is newer than the last build.
is_built()
{
    local jar newer
    [[ -e "$BUILD_STAMP" ]] || return 1
    for jar in dataplane/forwarder/target/headrace-forwarder config-agent/target/headrace-config-agent \
        perf/target/headrace-perf; do
        compgen -G "$home/$jar-*.jar" > /dev/null || return 1
    done
    newer="$(find "$home" \( -name target -o -name .git \) -prune -o \
        \( -path '*/src/main/*' -o -name pom.xml \) -type f -newer "$BUILD_STAMP" -print -quit)"
    [[ -z "$newer" ]]
}

mark_built()
{
    mkdir -p "$(dirname "$BUILD_STAMP")"
    touch "$BUILD_STAMP"
}

build_if_needed()
{
    if is_built; then
        "$home/scripts/lib/start-caches"
        return 0
    fi
    need_commands mvn
    export_maven_options
    say "building (the first time takes a minute or two)"
    local started
    started="$(mktemp)"
    (cd "$home" && mvn -B -q -Dstyle.color=never package -DskipTests)
    mark_built
    # A source saved while the build ran is newer than what was built.
    touch -r "$started" "$BUILD_STAMP"
    rm -f "$started"
    "$home/scripts/lib/start-caches"
}

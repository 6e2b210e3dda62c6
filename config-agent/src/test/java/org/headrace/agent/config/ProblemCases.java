package org.headrace.agent.config;

import java.util.stream.Stream;

/** One problem each: what is changed in the valid file, and the exact text that must come. */
final class ProblemCases
{
    private static final String NAME = "name: http";
    private static final String PORT = "port: 80\n";
    private static final String SERVER = "{address: 10.2.2.2, port: 8080, weight: 50}";
    private static final String LINE = "        ";

    private ProblemCases()
    {
    }

    static Stream<ConfigReaderTest.Case> cases()
    {
        return Stream.of(values(), rules(), access(), limits(), notSupported()).flatMap(cases -> cases);
    }

    private static Stream<ConfigReaderTest.Case> values()
    {
        return Stream.of(
            of("  interfaces: [eth1, eth2]", "  interfaces: eth1", "3:15: interfaces: expected a list, found \"eth1\""),
            of("[eth1, eth2]", "[]", "3:15: interfaces: 0 names (allowed 1..32)"),
            of("[eth1, eth2]", "[eth1, eth1]", "3:22: interface=eth1 stands twice in interfaces"),
            of("[eth1, eth2]", "[a b]",
                "3:16: interface=\"a b\" is not 1..15 characters without white space and / : , ="),
            of("[eth1, eth2]", "[eth1]\n  workers: [1, 1]", "4:16: worker=1 stands twice in workers"),
            of("[eth1, eth2]", "[eth1]\n  workers: [-1]", "4:13: worker=-1 < MIN_WORKER=0 (allowed 0..1023)"),
            of("[eth1, eth2]", "[eth1]\n  workers: [two]",
                "4:13: worker: expected a whole number 0..1023, found \"two\""),
            of("[eth1, eth2]", "[eth1]\n  idle: sleepy", "4:9: idle=\"sleepy\" is none of backoff, busy_spin"),
            of("[eth1, eth2]", "[eth1]\n  connections: 99999999999",
                "4:16: connections=99999999999 > MAX_CONNECTIONS=67108864 (allowed 1024..67108864)"),
            of("/tmp/headrace-test", "tmp/x",
                "2:14: directory=\"tmp/x\" is not an absolute path of at most 90 characters without white space"),
            of("address: 10.99.0.1", "address: 10.99.0.300",
                "6:14: address=\"10.99.0.300\" is neither an IPv4 nor an IPv6 address"),
            of("address: 10.99.0.1", "address: 10.99.1",
                "6:14: address=\"10.99.1\" is neither an IPv4 nor an IPv6 address"),
            of("address: 10.99.0.1", "address: www.example.com",
                "6:14: address=\"www.example.com\" is neither an IPv4 nor an IPv6 address"),
            of("address: 10.99.0.1", "address: 224.0.0.1",
                "6:14: address=224.0.0.1 is a multicast address (expected a unicast address)"),
            of("address: 10.99.0.1", "address: 0.0.0.0",
                "6:14: address=0.0.0.0 is the unspecified address (expected a unicast address)"),
            of("address: 10.99.0.1", "address: 127.0.0.1",
                "6:14: address=127.0.0.1 is a loopback address (expected a unicast address)"),
            of("address: 10.99.0.1", "address: 255.255.255.255",
                "6:14: address=255.255.255.255 is a reserved address (expected a unicast address)"),
            of("address: 10.99.0.1", "address:", "6:13: address has no value"),
            of("address: 10.99.0.1", "address: [10.99.0.1, 10.99.0.1]",
                "6:26: address=10.99.0.1 stands twice in this instance"),
            of("address: 10.99.0.1", "address: 10.99.0.1\n    manage-address: yes",
                "7:21: manage-address=\"yes\" is neither true nor false"),
            of(NAME, "name: \"ht tp\"", "8:15: name=\"ht tp\" of length 5 is not 1..80 letters, digits and - / . _"),
            of(NAME, "name: " + "x".repeat(81), "8:15: name=\"" + "x".repeat(60) +
                "...\" of length 81 is not 1..80 letters, digits and - / . _"),
            of(NAME, "name: {a: b}", "8:15: name: expected text, found a mapping"),
            of(NAME, "name: !!binary aGk=",
                "8:15: name: expected text, found a value with tag \"tag:yaml.org,2002:binary\""),
            of(PORT, "port: 8O\n", "10:15: port: expected a whole number 1..65535, found \"8O\""),
            of(PORT, "port: 80.5\n", "10:15: port: expected a whole number 1..65535, found \"80.5\""),
            of(PORT, "port: [80]\n", "10:15: port: expected a whole number 1..65535, found a list"),
            of(PORT, "port: 65536\n", "10:15: port=65536 > MAX_PORT=65535 (allowed 1..65535)"),
            of(PORT, "port: 80\n        port: 81\n", "11:9: duplicate key \"port\" in listener (first at 10:9)"),
            of("protocol: tcp", "protocol: sctp", "9:19: protocol=\"sctp\" is none of tcp, udp"),
            of(PORT, option("scheduler: best"), "11:20: scheduler=\"best\" is none of rr, wrr, lc, wlc"),
            of(PORT, option("timeouts: {established: 15}"), "11:33: established=\"15\" is not a time: a whole number " +
                "with one of the units ms, s, m, h (allowed 1s..168h)"),
            of(PORT, option("timeouts: {established: 200h}"),
                "11:33: established=200h > MAX_ESTABLISHED=168h (allowed 1s..168h)"),
            of(PORT, option("timeouts: {syn-recv: 999ms}"),
                "11:30: syn-recv=999ms < MIN_SYN_RECV=1s (allowed 1s..1h)"),
            of(PORT, option("timeouts: {time-wait: 61m}"),
                "11:31: time-wait=61m > MAX_TIME_WAIT=1h (allowed 1s..1h)"),
            of(PORT, option("timeouts: {last-ack: 5}"), "11:30: last-ack=\"5\" is not a time: a whole number " +
                "with one of the units ms, s, m, h (allowed 1s..1h)"),
            of(PORT, option("timeouts: {close: 5s, synack: 3s}"), "11:31: unknown key \"synack\" in timeouts " +
                "(allowed: established, syn-sent, syn-recv, fin-wait, time-wait, close, close-wait, last-ack)"),
            of("protocol: tcp", "protocol: udp\n        timeouts: {established: 5s, fin-wait: 5s}",
                "10:37: fin-wait is a state of TCP (expected for a udp listener: established)"),
            of(PORT, option("health: {interval: 500ms}"),
                "11:28: interval=500ms < MIN_INTERVAL=1s (allowed 1s..300s)"),
            of(PORT, option("health: {timeout: 61s}"), "11:27: timeout=61s > MAX_TIMEOUT=60s (allowed 2s..60s)"),
            of(PORT, option("health: {healthy: 11}"), "11:27: healthy=11 > MAX_HEALTHY=10 (allowed 1..10)"),
            of(PORT, option("health: {unhealthy: 0}"), "11:29: unhealthy=0 < MIN_UNHEALTHY=1 (allowed 1..10)"),
            of(PORT, option("health: tcp"), "11:17: health: expected a mapping with keys type, interval, timeout, " +
                "healthy, unhealthy, found \"tcp\""),
            of(SERVER, "10.2.2.2:8080",
                "13:13: server: expected a mapping with keys address, port, weight, found \"10.2.2.2:8080\""),
            of(SERVER, "{address: 10.2.2.2}", "13:13: server has no port"),
            of(SERVER, "{address: 10.2.2.2, port: 1, wieght: 3}",
                "13:42: unknown key \"wieght\" in server (allowed: address, port, weight)"));
    }

    private static Stream<ConfigReaderTest.Case> rules()
    {
        final String second = option("servers: []") + "      - name: other\n        protocol: %s\n        port: 80\n";
        return Stream.of(
            of(SERVER, "{address: 10.2.1.2, port: 8080}",
                "13:13: server=10.2.1.2:8080 stands twice in servers (first at 12:13)"),
            of(SERVER, "{address: 10.99.0.1, port: 8080}",
                "13:13: server=10.99.0.1:8080 has an address of its own instance"),
            of(SERVER, "{address: \"fd00::2\", port: 8080}", "13:13: server=[fd00::2]:8080 is of another family than " +
                "address=10.99.0.1, which is not supported by this version"),
            of("address: 10.99.0.1", "address: [10.99.0.1, \"fd00::1\"]",
                "6:26: address=fd00::1 is of another family than address=10.99.0.1: one instance with " +
                "IPv4 and IPv6 addresses is not supported by this version (expected one instance per family)"),
            of(PORT, second.formatted("tcp"), "14:15: port=80 of listener \"web/other\": service=tcp/10.99.0.1:80 is " +
                "taken by listener \"web/http\" (two listeners may share a port only if exactly one of them is UDP)"),
            of(PORT, second.formatted("udp").replace("other", "http"),
                "12:15: name=\"http\" is taken by another listener of this instance (at 8:15)"),
            of("instances:\n", "instances:\n  - {name: web, address: 10.1.1.1, listeners: []}\n",
                "6:11: name=\"web\" is taken by another instance"),
            of("instances:\n", "instances:\n  - {name: a, address: 10.99.0.1, listeners: [{name: b, protocol: tcp, " +
                "port: 80, servers: []}]}\n", "11:15: port=80 of listener \"web/http\": service=tcp/10.99.0.1:80 is " +
                "taken by listener \"a/b\" (two listeners may share a port only if exactly one of them is UDP)"),
            of(PORT, option("group: pool"), "12:9: listener has both group and servers (expected one of them)",
                "instances:\n",
                "server-groups: [{name: pool, servers: []}]\ninstances:\n"),
            of("instances:\n", "server-groups: [{name: p, servers: []}, {name: p, servers: []}]\ninstances:\n",
                "4:48: name=\"p\" is taken by another server group"),
            of("instances:\n", "server-groups: [{name: p, servers: [], health: {type: ping}}]\ninstances:\n",
                "4:55: type=\"ping\" is none of none, tcp"),
            of(PORT, option("persistence: {timeout: 0s}"),
                "11:32: timeout=0s < MIN_TIMEOUT=1s (allowed 1s..24h)"),
            of(PORT, option("persistence: {timeout: 25h}"),
                "11:32: timeout=25h > MAX_TIMEOUT=24h (allowed 1s..24h)"),
            of(PORT, option("persistence: {mask: 33}"), "11:29: mask=33 > MAX_MASK=32 (allowed 1..32)"),
            of(PORT, option("persistence: {expire-quiescent: maybe}"),
                "11:41: expire-quiescent=\"maybe\" is neither true nor false"),
            of(PORT, option("persistence: {granularity: 24}"), "11:23: unknown key \"granularity\" in persistence " +
                "(allowed: timeout, mask, expire-quiescent)"),
            of("[eth1, eth2]", "[eth1]\n  persistence-entries: 5",
                "4:24: persistence-entries=5 < MIN_PERSISTENCE_ENTRIES=1024 (allowed 1024..67108864)"),
            of("address: 10.99.0.1", "address: 10.99.0.1\n    profile: alibaba",
                "13:53: weight=101 > MAX_WEIGHT=100 of profile=alibaba", "weight: 100", "weight: 101"),
            of("address: 10.99.0.1\n    listeners:", "address: 10.99.0.1\n    profile: kingsoft\n    listeners:",
                "11:15: port=445 is reserved under profile=kingsoft", PORT, "port: 445\n"));
    }

    private static Stream<ConfigReaderTest.Case> access()
    {
        return Stream.of(
            of(PORT, option("access: {ranges: [10.0.0.0/8]}"), "11:17: access has no mode"),
            of(PORT, option("access: {mode: block}"), "11:24: mode=\"block\" is none of allow, deny"),
            of(PORT, option("access: {mode: allow, ranges: [10.0.0.0/8, 10.0.0/8]}"),
                "11:52: range=\"10.0.0/8\" is neither an address nor ADDRESS/PREFIX"),
            of(PORT, option("access: {mode: allow, ranges: [10.0.0.0/33]}"),
                "11:40: range=\"10.0.0.0/33\" is neither an address nor ADDRESS/PREFIX"),
            of(PORT, option("access: {mode: allow, ranges: [\"fd00::/129\"]}"),
                "11:40: range=\"fd00::/129\" is neither an address nor ADDRESS/PREFIX"),
            of(PORT, option("access: {mode: allow, ranges: [10.1.0.0/8]}"),
                "11:40: warning: range=10.1.0.0/8 has bits behind its prefix (taken as 10.0.0.0/8)"),
            of(PORT, option("access: {mode: allow}"), "11:17: warning: access allows nobody: ranges is empty"),
            of(PORT, option("access: {mode: deny}"), "11:17: warning: access denies nobody: ranges is empty"));
    }

    private static Stream<ConfigReaderTest.Case> limits()
    {
        return Stream.of(
            of(PORT, option("limits: {connections: 0}"),
                "11:31: connections=0 < MIN_CONNECTIONS=1 (allowed 1..2147483647)"),
            of(PORT, option("limits: {packets: 1}"),
                "11:18: unknown key \"packets\" in limits (allowed: connections, new-connections-per-second, " +
                "queries-per-second)"),
            of("address: 10.99.0.1", "address: 10.99.0.1\n    spec: 7", "7:11: spec=7 > MAX_SPEC=6 (allowed 1..6)"),
            of("address: 10.99.0.1", "address: 10.99.0.1\n    spec: 3\n    limits: {connections: 1}",
                "7:5: instance has both limits and spec (expected one of them)"));
    }

    private static Stream<ConfigReaderTest.Case> notSupported()
    {
        final String tail = " is not supported by this version";
        return Stream.of(
            of("protocol: tcp", "protocol: https", "9:19: protocol=https" + tail),
            of(PORT, option("scheduler: mh"), "11:20: scheduler=mh" + tail),
            of(PORT, option("forwarding: fullnat"), "11:21: forwarding=fullnat" + tail),
            of(PORT, option("bandwidth: 100Mbps"), "11:20: bandwidth" + tail),
            of(PORT, option("bandwidth: 100"),
                "11:20: bandwidth=\"100\" is not a rate: a whole number above 0 with one of " +
                "the units kbps, Mbps, Gbps"),
            of(PORT, option("limits: {connections: 5, queries-per-second: 6}"), "11:54: queries-per-second" + tail),
            of(PORT, option("health: {type: http}"), "11:24: type=http" + tail),
            of("instances:\n", "local-addresses: [10.2.0.200]\ninstances:\n",
                "4:18: warning: local-addresses has no effect: forwarding=fullnat" + tail),
            of("instances:\n", "agent: {api: \"127.0.0.1:9480\"}\ninstances:\n",
                "4:9: warning: agent.api has no effect in this version"));
    }

    private static ConfigReaderTest.Case of(final String find, final String replace, final String problem)
    {
        return new ConfigReaderTest.Case(change(ConfigSamples.WEB, find, replace), problem);
    }

    private static ConfigReaderTest.Case of(
        final String find, final String replace, final String problem, final String find2, final String replace2)
    {
        final ConfigReaderTest.Case first = of(find, replace, problem);
        return new ConfigReaderTest.Case(change(first.text(), find2, replace2), problem);
    }

    private static String change(final String text, final String find, final String replace)
    {
        if (!text.contains(find))
        {
            throw new AssertionError(find);
        }
        return text.replace(find, replace);
    }

    /** The port, and one more option after it. */
    private static String option(final String option)
    {
        return PORT + LINE + option + "\n";
    }
}

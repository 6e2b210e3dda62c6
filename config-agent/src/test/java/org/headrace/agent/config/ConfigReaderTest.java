package org.headrace.agent.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.headrace.protocol.AccessRules;
import org.headrace.protocol.Endpoint;
import org.headrace.protocol.IpPrefix;
import org.headrace.protocol.Limits;
import org.headrace.protocol.Persistence;
import org.headrace.protocol.StateTimeouts;
import org.headrace.protocol.TimedState;
import org.headrace.protocol.codec.AccessMode;
import org.headrace.protocol.codec.ForwardingMethod;
import org.headrace.protocol.codec.Scheduler;
import org.headrace.protocol.codec.Transport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

class ConfigReaderTest
{
    /** A file, and the only problem that it must have. */
    record Case(String text, String problem)
    {
        @Override
        public String toString()
        {
            return problem;
        }
    }

    @Test
    void shouldReadAValidFileAndFillInDefaults()
    {
        final HeadraceConfig config = ConfigSamples.config(ConfigSamples.WEB);
        assertThat(config.dataPlane()).isEqualTo(new DataPlaneConfig(Path.of("/tmp/headrace-test"), "io_uring",
            List.of("eth1", "eth2"), List.of(), "backoff", 1_048_576, 1_048_576, true, 0));
        final ServiceConfig service = config.services().getFirst();
        assertThat(service.key()).hasToString("tcp/10.99.0.1:80");
        assertThat(service.name()).isEqualTo("web/http");
        assertThat(service.listener()).isEqualTo(new ListenerConfig("http", Transport.TCP, 80, Scheduler.WRR,
            ForwardingMethod.NAT, StateTimeouts.DEFAULT, Persistence.NONE, AccessRules.NONE, Limits.NONE,
            HealthConfig.TCP, List.of(
            new ServerConfig(Endpoint.parse("10.2.1.2:8080"), 100),
            new ServerConfig(Endpoint.parse("10.2.2.2:8080"), 50))));
        assertThat(config.instances().getFirst().isManageAddress()).isFalse();
    }

    @Test
    void shouldReadSessionPersistence()
    {
        assertThat(persistence("persistence: {}")).isEqualTo(new Persistence(300_000, 128, false));
        assertThat(persistence("persistence: {timeout: 24h, mask: 24, expire-quiescent: true}"))
            .isEqualTo(new Persistence(86_400_000, 120, true));
        assertThat(persistence("persistence: {timeout: 1s, mask: 1}")).isEqualTo(new Persistence(1_000, 97, false));
        final HeadraceConfig ipv6 = ConfigSamples.config(ConfigSamples.WEB
            .replace("10.99.0.1", "fd00::1").replace("10.2.1.2", "fd00::2").replace("10.2.2.2", "fd00::3")
            .replace("port: 80\n", "port: 80\n        persistence: {mask: 56}\n"));
        assertThat(ipv6.services().getFirst().listener().persistence()).isEqualTo(new Persistence(300_000, 56, false));
    }

    @Test
    void shouldReadAccessLists()
    {
        assertThat(access("access: {mode: allow}")).isEqualTo(new AccessRules(AccessMode.ALLOW, List.of()));
        assertThat(access("access: {mode: deny, ranges: []}")).isEqualTo(AccessRules.NONE);
        final AccessRules rules =
            access("access: {mode: allow, ranges: [\"fd00::/8\", 192.0.2.7, 10.1.2.3/8, 10.9.0.1]}");
        assertThat(rules.mode()).isEqualTo(AccessMode.ALLOW);
        assertThat(rules.prefixes()).map(IpPrefix::toString)
            .containsExactly("10.0.0.0/8", "192.0.2.7/32", "fd00::/8");
    }

    @Test
    void shouldReadLimitsOfListenersAndInstances()
    {
        final HeadraceConfig config = ConfigSamples.config(ConfigSamples.WEB
            .replace("address: 10.99.0.1\n", "address: [10.99.0.1, 10.99.0.2]\n    spec: 2\n")
            .replace("port: 80\n", "port: 80\n        limits: {connections: 7, new-connections-per-second: 8}\n"));
        assertThat(config.services()).hasSize(2).allSatisfy(service -> assertThat(service.limits()).containsExactly(
            new NamedLimits("web:http", new Limits(7, 8)), new NamedLimits("web", new Limits(50_000, 5_000))));
    }

    private static AccessRules access(final String option)
    {
        return ConfigSamples.config(ConfigSamples.WEB.replace("port: 80\n", "port: 80\n        " + option + "\n"))
            .services().getFirst().listener().access();
    }

    private static Persistence persistence(final String option)
    {
        final HeadraceConfig config = ConfigSamples.config(
            ConfigSamples.WEB.replace("port: 80\n", "port: 80\n        " + option + "\n"));
        return config.services().getFirst().listener().persistence();
    }

    @Test
    void shouldReadEveryOptionThatIsSupported()
    {
        final HeadraceConfig config = ConfigSamples.config("""
            dataplane: {directory: /run/x, io: auto, interfaces: [a], workers: [2, 3], idle: busy_spin,
                        connections: 2048}
            server-groups:
              - name: pool
                health: {type: none}
                servers: [{address: "fd00::2", port: 53}, {address: "fd00::3", port: 53, weight: 0}]
            instances:
              - name: dns
                address: ["fd00::1", "fd00::5"]
                manage-address: true
                profile: alibaba
                listeners: []
              - name: dns2
                address: "fd00::6"
                listeners:
                  - {name: a, protocol: udp, port: 53, scheduler: wlc, forwarding: nat, group: pool,
                     timeouts: {established: 5m}}
                  - {name: b, protocol: tcp, port: 53, group: pool,
                     timeouts: {established: 168h, syn-sent: 1s, syn-recv: 2s, fin-wait: 3s, time-wait: 4s, close: 5s,
                                close-wait: 6s, last-ack: 1h},
                     health: {type: tcp, interval: 1s, timeout: 60s, healthy: 1, unhealthy: 10}}
                  - {name: c, protocol: udp, port: 54, servers: [{address: "fd00::2", port: 1}]}
            """);
        assertThat(config.dataPlane().workers()).containsExactly(2, 3);
        final DataPlaneConfig xdp = ConfigSamples.config(ConfigSamples.WEB.replace(
            "[eth1, eth2]", "[eth1, eth2]\n  io: af_xdp\n  busy-poll: 64")).dataPlane();
        assertThat(xdp.io()).isEqualTo("af_xdp");
        assertThat(xdp.busyPoll()).isEqualTo(64);
        assertThat(ManagedAddresses.of(config)).hasSize(2);
        final List<ServiceConfig> services = config.services();
        assertThat(services).extracting(service -> service.key().toString())
            .containsExactly("udp/[fd00::6]:53", "tcp/[fd00::6]:53", "udp/[fd00::6]:54");
        assertThat(services.getFirst().listener().health().isChecked()).isFalse();
        assertThat(services.getFirst().listener().timeouts()).isEqualTo(
            StateTimeouts.DEFAULT.with(TimedState.ESTABLISHED, 300_000));
        assertThat(services.get(1).listener().timeouts()).hasToString("timeouts established=604800000 syn-sent=1000 " +
            "syn-recv=2000 fin-wait=3000 time-wait=4000 close=5000 close-wait=6000 last-ack=3600000");
        assertThat(services.getFirst().listener().servers()).extracting(ServerConfig::weight).containsExactly(1, 0);
        assertThat(services.get(1).listener().health()).isEqualTo(new HealthConfig(true, 1_000, 60_000, 1, 10));
        assertThat(services.getLast().listener().health()).as("UDP is not checked by TCP unasked")
            .isEqualTo(HealthConfig.NONE);
    }

    @Test
    void shouldMakeOneServicePerAddress()
    {
        final HeadraceConfig config = ConfigSamples.config(
            ConfigSamples.WEB.replace("address: 10.99.0.1", "address: [10.99.0.1, 10.99.0.2]"));
        assertThat(config.services()).extracting(service -> service.key().toString())
            .containsExactly("tcp/10.99.0.1:80", "tcp/10.99.0.2:80");
    }

    @Test
    void shouldCollectAllProblemsInTheOrderOfTheFile()
    {
        final ConfigResult result = ConfigSamples.read(ConfigSamples.WEB
            .replace("weight: 50", "weight: 70000")
            .replace("port: 80\n", "port: 0\n")
            .replace("  interfaces: [eth1, eth2]", "  interfces: [eth1, eth2]"));
        assertThat(result.isValid()).isFalse();
        assertThat(result.problems()).extracting(Problem::toString).containsExactly(
            "headrace.yaml:2:3: dataplane has no interfaces",
            "headrace.yaml:3:3: unknown key \"interfces\" in dataplane (allowed: directory, io, interfaces, workers, " +
                "idle, connections, persistence-entries, standby, busy-poll)",
            "headrace.yaml:10:15: port=0 < MIN_PORT=1 (allowed 1..65535)",
            "headrace.yaml:13:53: weight=70000 > MAX_WEIGHT=65535 (allowed 0..65535)");
    }

    @ParameterizedTest
    @MethodSource("org.headrace.agent.config.ProblemCases#cases")
    void shouldNameTheProblem(final Case problemCase)
    {
        final ConfigResult result = ConfigSamples.read(problemCase.text());
        assertThat(result.problems()).extracting(Problem::toString)
            .containsExactly("headrace.yaml:" + problemCase.problem());
        assertThat(result.isValid()).isEqualTo(problemCase.problem().contains(": warning: "));
    }

    @ParameterizedTest
    @MethodSource("wholeFiles")
    void shouldNameTheProblemOfAWholeFile(final String text, final String problem)
    {
        assertThat(ConfigSamples.read(text).problems()).extracting(Problem::toString)
            .containsExactly("headrace.yaml:" + problem);
    }

    static Stream<String[]> wholeFiles()
    {
        return Stream.of(
            new String[]{"", "1:1: is empty (expected dataplane and instances)"},
            new String[]{"# nothing\n", "1:1: is empty (expected dataplane and instances)"},
            new String[]{"hello", "1:1: the file: expected a mapping with keys dataplane, agent, local-addresses, " +
                "server-groups, instances, found \"hello\""},
            new String[]{"a: [1",
                "1:6: YAML: while parsing a flow sequence: expected ',' or ']', but got <stream end>"},
            new String[]{"a: 1\n---\nb: 1\n", "2:1: YAML: expected a single document in the stream: but found " +
                "another document"},
            new String[]{"a: \u0001", "1:4: YAML: character U+0001 is not allowed"},
            new String[]{"[".repeat(100_000), "1:33: nesting depth=33 > MAX_DEPTH=32"},
            new String[]{"a: *b", "1:4: YAML: found undefined alias b"});
    }

    @Test
    void shouldRefuseWhatIsNotText()
    {
        assertThat(ConfigReader.read("f", new byte[]{(byte)0xFF, 0x20}).problems()).extracting(Problem::toString)
            .containsExactly("f:1:1: is not UTF-8 text");
        assertThat(ConfigReader.read("f", new byte[ConfigReader.MAX_FILE_LENGTH + 1]).problems())
            .extracting(Problem::toString).containsExactly("f:1:1: length > MAX_FILE_LENGTH=16777216 bytes");
    }

    @Test
    void shouldNameAFileThatCannotBeRead(@TempDir final Path directory) throws IOException
    {
        assertThat(ConfigReader.read(directory.resolve("none")).problems().getFirst().message())
            .isEqualTo("no such file");
        assertThat(ConfigReader.read(directory).problems().getFirst().message()).startsWith("cannot be read: ");
        final Path file = Files.writeString(directory.resolve("headrace.yaml"), ConfigSamples.WEB);
        assertThat(ConfigReader.read(file).isValid()).isTrue();
    }

    @Test
    void shouldReadTenThousandServers()
    {
        final HeadraceConfig config = ConfigSamples.config(ConfigSamples.withServers(10_000));
        assertThat(config.services().getFirst().listener().servers()).hasSize(10_000);
    }

    @Test
    void shouldStopAFileThatMultipliesItselfByAliases()
    {
        final StringBuilder text = new StringBuilder("server-groups:\n  - name: g\n    servers: &s\n");
        for (int i = 0; i < 1_000; i++)
        {
            text.append("      - {address: 10.2.").append(i >> 8).append('.').append(i & 0xFF).append(", port: 1}\n");
        }
        text.append("dataplane: {interfaces: [a]}\ninstances:\n  - name: i\n    address: 10.0.0.1\n    listeners:\n");
        for (int i = 1; i <= 5_000; i++)
        {
            text.append("      - {name: l").append(i).append(", protocol: tcp, port: ").append(i)
                .append(", servers: *s}\n");
        }
        final ConfigResult result = ConfigSamples.read(text.toString());
        assertThat(result.isValid()).isFalse();
        assertThat(result.problems()).extracting(Problem::message).anyMatch(text2 -> text2.contains("MAX_ITEMS"));
    }

    @Test
    void shouldSurviveAnAliasBomb()
    {
        final StringBuilder text = new StringBuilder("a0: &a0 [x, x]\n");
        for (int i = 1; i < 60; i++)
        {
            text.append("a").append(i).append(": &a").append(i).append(" [");
            text.append("*a").append(i - 1).append(", *a").append(i - 1).append("]\n");
        }
        text.append("instances: *a59\n");
        assertThat(ConfigSamples.read(text.toString()).isValid()).isFalse();
        assertThat(ConfigSamples.read("instances: &a [*a, *a]\ndataplane: &b {interfaces: *b}\n").isValid()).isFalse();
    }
}

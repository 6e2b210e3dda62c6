package org.headrace.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.agrona.concurrent.AgentInvoker;
import org.agrona.concurrent.CompositeAgent;
import org.headrace.agent.AgentContext;
import org.headrace.agent.Await;
import org.headrace.agent.ConfigAgent;
import org.headrace.agent.FakeHost;
import org.headrace.agent.config.ConfigReader;
import org.headrace.agent.config.ConfigSamples;
import org.headrace.agent.control.ControlService;
import org.headrace.agent.control.ControlSocketAgent;
import org.headrace.agent.publish.FakeDataPlane;
import org.headrace.protocol.ConnectionFilter;
import org.headrace.protocol.ConnectionState;
import org.headrace.protocol.Endpoint;
import org.headrace.protocol.IpAddress;
import org.headrace.protocol.IpPrefix;
import org.headrace.protocol.ServiceKey;
import org.headrace.protocol.codec.ForwardingMethod;
import org.headrace.protocol.codec.Scheduler;
import org.headrace.protocol.codec.ServerState;
import org.headrace.protocol.counters.CountersFile;
import org.headrace.protocol.counters.CycleTimesDescriptor;
import org.headrace.protocol.counters.DropReason;
import org.headrace.protocol.counters.SlotState;
import org.headrace.protocol.counters.WorkerCounter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

@Timeout(60)
class HeadraceToolTest
{
    @TempDir
    private Path directory;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private FakeDataPlane dataPlane;

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "bogus | Unmatched argument at index 0: 'bogus' | allowed: run, dataplane, agent, check, ctl, version",
        "run | Missing required option: '--config=F' | usage: headrace run [-h] -c=F",
        "ctl | a command is missing | allowed: status, services, limits, servers, connections, persistence, stats",
        "ctl weight a b x | Invalid value for positional parameter at index 2 (N): 'x' is not an int | usage: ",
        "ctl weight a b 70000 | weight=70000 > MAX_WEIGHT=65535 (allowed 0..65535) | ",
        "check /nonexistent | /nonexistent:1:1: no such file | ",
        "run --config /nonexistent | /nonexistent:1:1: no such file | "})
    void shouldSayWhatIsAllowed(final String arguments, final String first, final String then)
    {
        assertThat(execute(arguments.split(" "))).isEqualTo(ExitCode.FAILED);
        assertThat(err.toString()).contains(first).contains(then == null ? "" : then).doesNotContain("\tat ");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void shouldPrintVersionAndHelp()
    {
        assertThat(execute("version")).isZero();
        assertThat(out.toString()).startsWith("headrace ");
        assertThat(execute("--help")).isZero();
        assertThat(execute("ctl", "drain", "--help")).isZero();
        assertThat(out.toString()).contains("Usage: headrace ctl drain");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void shouldCheckAFile() throws IOException
    {
        final Path file = Files.writeString(directory.resolve("headrace.yaml"), ConfigSamples.WEB);
        assertThat(execute("check", file.toString())).isZero();
        assertThat(err.toString()).isEmpty();
        Files.writeString(file, ConfigSamples.WEB.replace("weight: 50", "weight: x"));
        assertThat(execute("check", file.toString())).isEqualTo(ExitCode.FAILED);
        assertThat(err.toString().strip())
            .isEqualTo(file + ":13:53: weight: expected a whole number 0..65535, found \"x\"");
    }

    @Test
    void shouldReadTheSampleConfiguration()
    {
        assertThat(execute("check", "../scripts/headrace.sample.yaml")).isZero();
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void shouldSayThatNoDataPlaneHasRun()
    {
        assertThat(ctl("--json", "services")).isEqualTo(ExitCode.FAILED);
        assertThat(err.toString()).contains("no data plane has run in directory=" + directory);
        assertThat(ctl("reload")).isEqualTo(ExitCode.FAILED);
        assertThat(err.toString()).contains("no agent answers");
    }

    @Test
    void shouldRefuseAForeignCountersFile() throws IOException
    {
        Files.write(directory.resolve("counters.dat"), new byte[10_000]);
        assertThat(ctl("stats")).isEqualTo(ExitCode.FAILED);
        assertThat(err.toString()).contains("is not a counters file of this version");
    }

    @Test
    void shouldShowCountersWithoutAnAgent()
    {
        withCounters(_ ->
        {
            assertThat(ctl("services", "--json")).isZero();
            final JsonNode service = json().get(0);
            assertThat(service.path("service").asString()).isEqualTo("tcp/10.99.0.1:80");
            assertThat(service.path("protocol").asString()).isEqualTo("tcp");
            assertThat(service.path("address").asString()).isEqualTo("10.99.0.1");
            assertThat(service.path("port").asInt()).isEqualTo(80);
            assertThat(service.path("scheduler").asString()).isEqualTo("wrr");
            assertThat(service.path("forwarding").asString()).isEqualTo("nat");
            assertThat(service.path("servers").size()).isEqualTo(4);
            assertThat(service.path("servers").valueStream().map(server -> server.path("health").asString()))
                .containsExactly("up", "down", "draining", "unknown");
            assertThat(service.path("inPackets").isNumber()).isTrue();

            assertThat(ctl("--json", "stats")).isZero();
            final JsonNode worker = json().path("workers").get(0);
            assertThat(worker.path("received").asLong()).isEqualTo(17);
            assertThat(worker.path("dropped").path("NO_SERVER").asLong()).isEqualTo(3);
            assertThat(worker.path("connectionsEstablished").asLong()).isEqualTo(9);
            assertThat(worker.path("cycleTimes").path("p99Ns").asLong()).isEqualTo(20);
            assertThat(json().path("total").path("cycleTimes").path("count").asLong()).isEqualTo(7);
            assertThat(json().path("intervalMs").isNull()).isTrue();
            assertThat(ctl("--json", "stats", "--interval", "1ms")).isZero();
            assertThat(json().path("intervalMs").asLong()).isEqualTo(1);
            assertThat(json().path("total").path("cycleTimes").path("count").asLong()).isZero();
            assertThat(ctl("stats", "--interval", "5")).isEqualTo(ExitCode.FAILED);
            assertThat(err.toString()).contains("interval=5 is no time in 1ms..1h");
            for (final String name : new String[]{"cpu", "forwarded", "answered", "passed", "connections", "capacity",
                "maxCycleNs", "allocatedBytes"})
            {
                assertThat(worker.path(name).isNumber()).as(name).isTrue();
            }

            assertThat(ctl("--json", "status")).isZero();
            final JsonNode status = json();
            assertThat(status.path("generation").asLong()).isEqualTo(4);
            assertThat(status.path("ready").asBoolean()).isTrue();
            assertThat(status.path("agent").path("reachable").asBoolean(true)).isFalse();
            assertThat(status.path("dataplane").path("io").asString()).isEqualTo("io_uring");
            assertThat(status.path("dataplane").path("interfaces").get(1).asString()).isEqualTo("eth2");
            assertThat(status.path("dataplane").path("connections").isNumber()).isTrue();
            assertThat(status.path("dataplane").path("states").path("ESTABLISHED").asLong()).isEqualTo(9);
            assertThat(status.path("dataplane").path("states").size()).isEqualTo(ConnectionState.count());

            assertThat(ctl("services")).isZero();
            assertThat(text().lines().toList()).element(1).asString().startsWith("tcp/10.99.0.1:80    web/http  wrr");
            assertThat(ctl("servers")).isZero();
            assertThat(text()).contains("unresolved");
            assertThat(ctl("stats")).isZero();
            assertThat(text()).contains("dropped NO_SERVER").doesNotContain("NO_SERVICE")
                .contains("connections in state ESTABLISHED").doesNotContain("state SYN_RECV")
                .contains("cycle time, 99.9 %, ns");
            assertThat(ctl("status")).isZero();
            assertThat(text()).contains("dataplane.io").contains("dataplane.states.ESTABLISHED")
                .doesNotContain("SYN_RECV");
        });
    }

    @Test
    void shouldChangeThingsThroughTheAgent() throws IOException
    {
        final Path file = Files.writeString(directory.resolve("headrace.yaml"), ConfigSamples.WEB);
        withCounters(_ -> withAgent(file, () ->
        {
            assertThat(ctl("weight", "web/http", "10.2.2.2:8080", "9")).isZero();
            assertThat(text()).isEqualTo("service tcp/10.99.0.1:80 server 10.2.2.2:8080 weight 9\n");
            assertThat(ctl("--json", "drain", "tcp/10.99.0.1:80", "10.2.2.2:8080")).isZero();
            assertThat(json().path("weight").asInt()).isZero();
            assertThat(ctl("undrain", "web/http", "10.2.2.2:8080")).isZero();
            assertThat(text()).endsWith("weight 9\n");
            assertThat(ctl("drain", "web/none", "10.2.2.2:8080")).isEqualTo(ExitCode.FAILED);
            assertThat(err.toString())
                .contains("service=web/none does not exist (there are tcp/10.99.0.1:80 web/http)");
            assertThat(ctl("connections", "--limit", "2", "--json")).isZero();
            assertThat(json().size()).isEqualTo(2);
            assertThat(json().get(1).path("client").asString()).isEqualTo("10.1.0.9:1001");
            assertThat(ctl("connections")).isZero();
            assertThat(text()).contains("ESTABLISHED").contains("5s").contains("895s");
            assertThat(text().lines()).hasSize(4);
            assertThat(ctl("connections", "--count")).isZero();
            assertThat(text()).isEqualTo("3000000\n");
            assertThat(ctl("connections", "--count", "--json")).isZero();
            assertThat(json().path("count").asLong()).isEqualTo(3_000_000);
            assertThat(ctl("connections", "--all", "--json")).isZero();
            assertThat(json().size()).isEqualTo(3);
            assertThat(text().lines()).hasSize(5);
            Files.writeString(file, ConfigSamples.WEB.replace("weight: 100", "weight: 101"));
            assertThat(ctl("reload")).isZero();
            assertThat(text()).contains("weight: 100 -> 101").contains("reloaded: generation 2");
            Files.writeString(file, "nonsense");
            assertThat(ctl("reload")).isEqualTo(ExitCode.FAILED);
            assertThat(err.toString()).contains("the running configuration stays").contains(file + ":1:1: ");
            assertThat(ctl("servers", "--json")).isZero();
            assertThat(ctl("status", "--json")).isZero();
            assertThat(json().path("agent").path("reachable").asBoolean()).isTrue();
        }));
    }

    @Test
    void shouldAskForTheConnectionsThatAreWanted() throws IOException
    {
        final Path file = Files.writeString(directory.resolve("headrace.yaml"), ConfigSamples.WEB);
        withCounters(_ -> withAgent(file, () ->
        {
            assertThat(ctl("connections", "--service", "web/http", "--client", "10.1.2.3/16", "--server", "10.2.1.2",
                "--state", "established,Syn_Recv", "--idle-longer", "5s", "--idle-shorter", "1m")).isZero();
            assertThat(dataPlane.calls().getLast()).endsWith(new ConnectionFilter(6, Endpoint.parse("10.99.0.1:80"),
                IpPrefix.parse("10.1.0.0/16"), 0, new Endpoint(IpAddress.parse("10.2.1.2"), 0), 0b1010, 5_000, 60_000)
                .toString());
            assertThat(ctl("connections", "--service", "udp/[fd00::1]:53", "--client", "[fd00::9]:77", "--protocol",
                "udp", "--server", "[fd00::2]:53")).isZero();
            assertThat(dataPlane.calls().getLast()).endsWith(new ConnectionFilter(17, Endpoint.parse("[fd00::1]:53"),
                IpPrefix.parse("fd00::9"), 77, Endpoint.parse("[fd00::2]:53"), ConnectionFilter.ALL_STATES, 0,
                ConnectionFilter.MAX_IDLE_MS).toString());
            assertRefused("state=x is unknown (allowed: NONE, ESTABLISHED, ", "--state", "x");
            assertRefused("prefix=10.1.0.0/33 has length=33 (allowed 0..32)", "--client", "10.1.0.0/33");
            assertRefused("protocol=icmp is unknown (allowed: tcp, udp)", "--protocol", "icmp");
            assertRefused("protocol=udp contradicts service=tcp/", "--protocol", "udp", "--service", "web/http");
            assertRefused("service=web/none does not exist", "--service", "web/none");
            assertRefused("minIdleMs=5000 > maxIdleMs=1000", "--idle-longer", "5s", "--idle-shorter", "1s");
            assertRefused("idle-longer=5 is no time", "--idle-longer", "5");
            assertRefused("limit=0 < MIN_LIMIT=1", "--limit", "0");
            assertRefused("only one of --limit, --all and --count may be given", "--limit", "1", "--count");
        }));
    }

    @Test
    void shouldEndQuietlyWhenNobodyReadsAnyMore() throws IOException
    {
        final Path file = Files.writeString(directory.resolve("headrace.yaml"), ConfigSamples.WEB);
        withCounters(_ -> withAgent(file, () ->
        {
            final int before = dataPlane.calls().size();
            final OutputStream closed = new OutputStream()
            {
                @Override
                public void write(final int value) throws IOException
                {
                    throw new IOException("broken pipe");
                }
            };
            assertThat(RootCommand.execute(new PrintWriter(closed, true), new PrintWriter(err, true), "ctl",
                "--directory", directory.toString(), "connections", "--all")).isZero();
            assertThat(err.toString()).isEmpty();
            assertThat(dataPlane.calls().size() - before).as("pages asked for").isBetween(1, 2);
        }));
    }

    private void assertRefused(final String reason, final String... options)
    {
        final String[] all = new String[options.length + 1];
        all[0] = "connections";
        System.arraycopy(options, 0, all, 1, options.length);
        assertThat(ctl(all)).isEqualTo(ExitCode.FAILED);
        assertThat(err.toString()).contains(reason);
        assertThat(text()).isEmpty();
    }

    /** An action of a test that may fail as input and output do. */
    @FunctionalInterface
    private interface Action
    {
        void run() throws IOException;
    }

    private void withCounters(final Consumer<CountersFile> action)
    {
        try (CountersFile counters = CountersFile.create(directory, 1, 5, "io_uring", "eth1,eth2"))
        {
            counters.generationRelease(4);
            counters.heartbeatMsRelease(System.currentTimeMillis());
            counters.putService(2, SlotState.IN_FORCE, ServiceKey.parse("tcp/10.99.0.1:80"), Scheduler.WRR,
                ForwardingMethod.NAT, "web/http");
            server(counters, 0, "10.2.1.2:8080", 100, ServerState.UP);
            server(counters, 1, "10.2.2.2:8080", 50, ServerState.DOWN);
            server(counters, 2, "10.2.3.2:8080", 0, ServerState.UP);
            server(counters, 3, "10.2.4.2:8080", 1, ServerState.UNKNOWN);
            counters.workerBuffer(0).putLong(WorkerCounter.RECEIVED.ordinal() * 8, 17);
            counters.workerBuffer(0).putLong((WorkerCounter.MAX_COUNTERS + DropReason.NO_SERVER.ordinal()) * 8, 3);
            counters.set(0, WorkerCounter.CONNECTIONS_ESTABLISHED, 9);
            counters.cycleTimesBuffer(0).putLong(CycleTimesDescriptor.bucket(20) * 8, 7);
            action.accept(counters);
        }
    }

    private static void server(
        final CountersFile counters, final int slot, final String server, final int weight, final ServerState health)
    {
        counters.putServer(slot, SlotState.IN_FORCE, 2, Endpoint.parse(server), weight, health, false);
    }

    private void withAgent(final Path file, final Action action)
    {
        final FakeHost host = new FakeHost();
        final AtomicBoolean isReady = new AtomicBoolean();
        final AtomicBoolean isStopped = new AtomicBoolean();
        final AgentContext context = new AgentContext().configFile(file).config(ConfigReader.read(file).config())
            .directory(directory).hostNetwork(host.network()).healthChecker(host.checker())
            .onReady(() -> isReady.set(true)).conclude();
        final ConfigAgent agent = new ConfigAgent(context);
        try (FakeDataPlane fake = new FakeDataPlane(directory, 0))
        {
            dataPlane = fake;
            final AgentInvoker invoker = new AgentInvoker(Throwable::printStackTrace, null, new CompositeAgent(
                new ControlSocketAgent(directory, context.nanoClock(), new ControlService(agent)), agent,
                agent.session()));
            final Thread thread = Thread.ofPlatform().start(() ->
            {
                invoker.start();
                Await.until("stop", isStopped::get, invoker::invoke, fake::doWork);
                invoker.close();
            });
            Await.until("ready", isReady::get);
            action.run();
            isStopped.set(true);
            thread.join();
        }
        catch (final IOException | InterruptedException ex)
        {
            throw new AssertionError(ex);
        }
    }

    private int ctl(final String... args)
    {
        final String[] all = new String[args.length + 3];
        all[0] = "ctl";
        all[1] = "--directory";
        all[2] = directory.toString();
        System.arraycopy(args, 0, all, 3, args.length);
        return execute(all);
    }

    private int execute(final String... args)
    {
        out.getBuffer().setLength(0);
        return RootCommand.execute(new PrintWriter(out, true), new PrintWriter(err, true), args);
    }

    private String text()
    {
        return out.toString();
    }

    private JsonNode json()
    {
        return JsonMapper.builder().build().readTree(out.toString());
    }
}

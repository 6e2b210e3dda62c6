package org.headrace.perf.generate;

import static org.assertj.core.api.Assertions.assertThat;

import org.HdrHistogram.Histogram;
import org.headrace.perf.generate.host.AddressRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;

class LoadToolTest
{
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @ParameterizedTest
    @ValueSource(strings = {"packets", "connections", "answer", "latency"})
    void shouldHelpWithExamples(final String command)
    {
        assertThat(run(command, "--help")).isEqualTo(LoadTool.OK);
        assertThat(out.toString()).contains("Usage: load " + command, "load " + command + " --netns LAB-");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
        "packets --target 10.0.0.1:53 | Missing required option: '--source=RANGE'",
        "packets --target 10.0.0.1 --source 10.1.0.0/16 | '10.0.0.1' is no address with a port",
        "packets --target 10.0.0.1:0 --source 10.1.0.0/16 | '10.0.0.1:0' has port=0 (expected: 1..65535)",
        "packets --target lab:53 --source 10.1.0.0/16 | 'lab:53' is no address with a port",
        "packets --target 10.0.0.1:53 --source 10.1.0.1/16 | '10.1.0.1/16' has bits set behind its prefix",
        "packets --target 10.0.0.1:53 --source 10.0.0.0/4 | has prefix length 4 (expected: 8..32)",
        "packets --target 10.0.0.1:53 --source 10.1.0.0/16 --rate 0 | '0' is outside of 1..1000000000",
        "packets --target 10.0.0.1:53 --source 10.1.0.0/16 --rate fast | 'fast' is no number (as in 5000, 250k, 1.5M)",
        "latency --protocol dns --target 10.0.0.1:53 --rate 1k --duration 5 | '5' is no time (as in 500ms, 5s, 1m)",
        "latency --protocol ftp --target 10.0.0.1:53 --rate 1k | expected one of [echo, dns, http]",
        "latency --protocol dns --target 10.0.0.1:53 --rate max | rate=max (expected: a number",
        "connections --netns nowhere --target 10.0.0.1:80 --source 10.1.0.0/16 | netns=nowhere does not exist",
        "none | Unmatched argument at index 0: 'none'"})
    void shouldSayWhatIsWrong(final String arguments, final String message)
    {
        assertThat(run(arguments.split(" "))).isEqualTo(LoadTool.BAD_USAGE);
        assertThat(err.toString()).contains(message);
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void shouldReadNumbersAsPeopleWriteThem()
    {
        assertThat(Quantities.number("5000", 0, Long.MAX_VALUE)).isEqualTo(5_000);
        assertThat(Quantities.number("250k", 0, Long.MAX_VALUE)).isEqualTo(250_000);
        assertThat(Quantities.number("1.5M", 0, Long.MAX_VALUE)).isEqualTo(1_500_000);
        assertThat(Rate.parse("max").isUnlimited()).isTrue();
        assertThat(Quantities.perSecond(1_234_567)).isEqualTo("1.235 M/s");
        assertThat(Quantities.perSecond(45_678)).isEqualTo("45.7 k/s");
        assertThat(Quantities.perSecond(890)).isEqualTo("890 /s");
    }

    @Test
    void shouldReadSizesAndRanges()
    {
        assertThat(PacketSizes.parse("imix").lengths()).containsExactly(64, 590, 1_514);
        assertThat(PacketSizes.parse("imix").weights()).containsExactly(7, 4, 1);
        assertThat(PacketSizes.parse("128").weights()).containsExactly(1);
        final AddressRange range = AddressRange.parse("fd00:1::1:0/112");
        assertThat(range.size()).isEqualTo(65_536);
        assertThat(range.get(0x1234).getHostAddress()).isEqualTo("fd00:1:0:0:0:0:1:1234");
        assertThat(AddressRange.parse("10.1.2.3").size()).isEqualTo(1);
    }

    @Test
    void shouldWriteTheSameFiguresForPeopleAndMachines(@TempDir final Path directory) throws Exception
    {
        final Path file = directory.resolve("result.json");
        final CommandLine commandLine = new CommandLine(new Reporting());
        commandLine.setOut(new PrintWriter(out, true));
        assertThat(commandLine.execute("--json", file.toString())).isZero();
        assertThat(out.toString()).contains("answered", "1,234", "0.5 s", "latency p99.9", "7,0");
        final JsonNode json = new JsonMapper().readTree(Files.readString(file));
        assertThat(json.path("version").asInt()).isEqualTo(1);
        assertThat(json.path("command").asString()).isEqualTo("reporting");
        assertThat(json.path("arguments").get(0).asString()).isEqualTo("--json");
        assertThat(json.path("answered").asLong()).isEqualTo(1_234);
        assertThat(json.path("seconds").asDouble()).isEqualTo(0.5);
        assertThat(json.path("failed").asLong(-1)).isZero();
        assertThat(out.toString()).doesNotContain("failed");
        assertThat(json.path("latency").path("count").asLong()).isEqualTo(1_000);
        assertThat(json.path("latency").path("p50Ns").asLong()).isBetween(2_000L, 2_010L);
        assertThat(json.path("latency").path("maxNs").asLong()).isBetween(7_000_000L, 7_010_000L);
    }

    @Test
    void shouldFailWhenTheFileCannotBeWritten()
    {
        final CommandLine commandLine = new CommandLine(new Reporting());
        commandLine.setOut(new PrintWriter(out, true));
        commandLine.setErr(new PrintWriter(err, true));
        assertThat(commandLine.execute("--json", "/no/such/directory/file")).isNotZero();
        assertThat(err.toString()).contains("cannot write json=/no/such/directory/file");
    }

    private int run(final String... arguments)
    {
        return LoadTool.execute(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
    }

    /** A command that has nothing to do but to report. */
    @Command(name = "reporting")
    private static final class Reporting implements Runnable
    {
        @Mixin
        private ReportOption report;

        @Override
        public void run()
        {
            final Histogram histogram = new Histogram(3);
            histogram.recordValueWithCount(2_000, 999);
            histogram.recordValue(7_000_000);
            report.write(new Summary().count("answered", "answered", 1_234).add("time", "0.5 s", "seconds", 0.5)
                .countIfAny("failed", "failed", 0).histogram("latency", "latency", histogram));
        }
    }
}

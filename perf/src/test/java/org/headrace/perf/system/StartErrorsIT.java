package org.headrace.perf.system;

import static org.assertj.core.api.Assertions.assertThat;

import org.headrace.perf.lab.Command;
import org.headrace.perf.lab.HeadraceConfig;
import org.headrace.perf.lab.HeadraceInstance;
import org.headrace.perf.lab.Lab;
import org.headrace.perf.lab.LabNetwork;
import org.headrace.perf.lab.LabServers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A start that cannot succeed says why in one message, ends with the exit code that says which kind of fault it is, and
 * leaves nothing behind.
 */
@NeedsLab
class StartErrorsIT
{
    private static final int BAD_CONFIGURATION = 1;
    private static final int START_FAILED = 2;

    private static Lab lab;

    @BeforeAll
    static void lay()
    {
        lab = Lab.create();
    }

    @AfterAll
    static void remove()
    {
        if (lab != null)
        {
            lab.close();
        }
    }

    @AfterEach
    void shouldHaveLeftNothingBehind()
    {
        assertThat(lab.balancer().check("ip", "-o", "address")).doesNotContain(LabNetwork.VIP);
        assertThat(Files.exists(Path.of("/sys/fs/bpf/headrace-dev_shm_" + lab.name().replace('-', '_')))).isFalse();
    }

    @Test
    void shouldNameTheLineOfABadConfiguration() throws IOException
    {
        final Path file = write(new HeadraceConfig(lab).usual().toString().replace("scheduler: wrr", "sheduler: wrr"));

        final Command.Result run = run(file);
        final Command.Result check = headrace("check", file.toString());

        assertThat(run.exitCode()).isEqualTo(BAD_CONFIGURATION);
        assertThat(check.exitCode()).isEqualTo(BAD_CONFIGURATION);
        assertThat(check.errors()).containsPattern("(?m)^\\Q" + file + "\\E:\\d+:\\d+: .*sheduler");
        assertThat(run.errors()).contains("sheduler");
        assertNoStackTrace(run);
        assertNoStackTrace(check);
    }

    @Test
    void shouldSayThatAFileIsMissing()
    {
        final Command.Result result = run(Path.of("/nonexistent/headrace.yaml"));

        assertThat(result.exitCode()).isEqualTo(BAD_CONFIGURATION);
        assertThat(result.errors()).contains("/nonexistent/headrace.yaml");
        assertNoStackTrace(result);
    }

    @Test
    void shouldSayThatAnInterfaceIsMissing() throws IOException
    {
        final HeadraceConfig config = new HeadraceConfig(lab).usual().interfaces("client, eth77");
        final Command.Result result = run(write(config.toString()));

        assertThat(result.exitCode()).isEqualTo(START_FAILED);
        assertThat(result.errors()).contains("eth77");
        assertNoStackTrace(result);
    }

    @Test
    void shouldSayThatItNeedsRoot() throws IOException
    {
        final Path file = write(new HeadraceConfig(lab).usual().toString());
        final List<String> line = new ArrayList<>(List.of(
            "setpriv", "--bounding-set", "-all", "--inh-caps", "-all", "--"));
        line.addAll(HeadraceInstance.command("run", "--config", file.toString()));
        final Command.Result result = lab.balancer().run(line.toArray(String[]::new));

        assertThat(result.exitCode()).isEqualTo(START_FAILED);
        assertThat(result.errors()).containsAnyOf("root", "CAP_NET", "permission", "not permitted");
        assertNoStackTrace(result);
    }

    @Test
    void shouldRefuseABusyDirectory() throws IOException
    {
        try (Lab other = Lab.create())
        {
            final HeadraceInstance first = HeadraceInstance.start(other, new HeadraceConfig(other).usual());
            final Command.Result second = Command.run(other.balancer().enter(
                HeadraceInstance.command("run", "--config", HeadraceInstance.configFile(other).toString())));

            assertThat(second.exitCode()).isEqualTo(START_FAILED);
            assertThat(second.errors()).contains(other.runtimeDirectory().toString());
            assertNoStackTrace(second);
            assertThat(first.process().isAlive()).isTrue();
            assertThat(other.client().check("curl", "-sS", "--max-time", "5", "http://" + LabNetwork.VIP + "/"))
                .startsWith("server");
        }
    }

    @Test
    void shouldExplainItself()
    {
        assertThat(headrace("version").output()).startsWith("headrace ");
        assertThat(headrace("--help").exitCode()).isZero();
        assertThat(headrace("run", "--help").exitCode()).isZero();
        assertThat(headrace("no-such-command").exitCode()).isNotZero();
        assertThat(headrace("ctl", "--directory", "/nonexistent", "status").exitCode()).isEqualTo(1);
    }

    @Test
    void shouldAcceptTenThousandServers() throws IOException
    {
        final StringBuilder text = new StringBuilder(new HeadraceConfig(lab)
            .listener("http", "tcp", 80, LabServers.HTTP_PORT, "wrr", List.of(1)).toString());
        // The last listener of the file is the IPv6 one.
        for (int i = 0; i < 10_000; i++)
        {
            text.append("          - {address: \"fd00:2:1::%x\", port: 80, weight: 1}%n".formatted(i + 16));
        }

        final Command.Result result = headrace("check", write(text.toString()).toString());

        assertThat(result.errors()).isEmpty();
        assertThat(result.exitCode()).isZero();
    }

    private static void assertNoStackTrace(final Command.Result result)
    {
        assertThat(result.errors()).doesNotContain("\tat ").doesNotContain("Exception in thread");
        assertThat(result.output()).doesNotContain("\tat ");
        assertThat(result.errors()).isNotBlank();
    }

    private static Path write(final String text) throws IOException
    {
        return Files.writeString(lab.directory().resolve("wrong.yaml"), text);
    }

    private static Command.Result run(final Path file)
    {
        return headrace("run", "--config", file.toString());
    }

    private static Command.Result headrace(final String... arguments)
    {
        return Command.run(lab.balancer().enter(HeadraceInstance.command(arguments)));
    }
}

package org.headrace.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;

class StartLineTest
{
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"run --config a.yaml", "run -c a.yaml", "agent --config /etc/a.yaml"})
    void shouldKnowTheLinesThatStartSomething(final String line)
    {
        assertThat(StartLine.isOne(line.split(" "))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "run", "run --config", "run --config=a.yaml", "run --config a.yaml --help", "run --config --help",
        "run --config @lines", "dataplane --config a.yaml", "check a.yaml", "--config run a.yaml", "RUN -c a.yaml"})
    void shouldLeaveEverythingElseToTheParser(final String line)
    {
        assertThat(StartLine.isOne(line.split(" "))).isFalse();
    }

    @Test
    void shouldLeaveAnEmptyNameToTheParser()
    {
        assertThat(StartLine.isOne("run", "--config", "")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"run", "agent"})
    void shouldSayTheSameAsTheParser(final String command) throws IOException
    {
        final Path file = Files.writeString(directory.resolve("a.yaml"), "dataplane: {interface: [eth0]}\n");
        final String[] line = {command, "--config", file.toString()};

        final int exitCode = StartLine.execute(writer(out), writer(err), line);

        final StringWriter parserOut = new StringWriter();
        final StringWriter parserErr = new StringWriter();
        assertThat(RootCommand.execute(writer(parserOut), writer(parserErr), line)).isEqualTo(exitCode)
            .isEqualTo(ExitCode.FAILED);
        assertThat(err.toString()).contains(file + ":1:").isEqualTo(parserErr.toString());
        assertThat(out.toString()).isEqualTo(parserOut.toString()).isEmpty();
    }

    @Test
    void shouldSayThatAFileIsMissing()
    {
        assertThat(StartLine.execute(writer(out), writer(err), "run", "-c", "/nonexistent.yaml"))
            .isEqualTo(ExitCode.FAILED);
        assertThat(err.toString()).contains("/nonexistent.yaml:1:1: no such file").doesNotContain("\tat ");
    }

    private static PrintWriter writer(final StringWriter text)
    {
        return new PrintWriter(text, true);
    }
}

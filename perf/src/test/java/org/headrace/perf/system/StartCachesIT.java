package org.headrace.perf.system;

import static org.assertj.core.api.Assertions.assertThat;

import org.headrace.perf.lab.Command;
import org.headrace.perf.lab.Lab;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The caches that the build has made by {@code scripts/lib/start-caches} are of use, or of none, but never a fault. */
@NeedsLab
class StartCachesIT
{
    private static final Path AGENT = Path.of("config-agent/target");
    private static final Path DATA_PLANE = Path.of("dataplane/forwarder/target");
    private static final String AGENT_CACHE = "headrace-agent.aot";

    @TempDir
    private Path home;

    @Test
    void shouldStartEveryProcessWithThem() throws IOException
    {
        try (RunningLab running = RunningLab.startUsual())
        {
            assertThat(maps(running.headrace().process().pid())).contains(AGENT_CACHE);
            assertThat(maps(Processes.agent(running.headrace()).pid())).contains(AGENT_CACHE);
            assertThat(maps(Processes.dataPlane(running.headrace()).pid())).contains("headrace-dataplane.aot");
        }
    }

    /** The JVM compares the jars' times with those that it has noted in the cache. */
    @Test
    void shouldIgnoreOneOfOtherJarsSilently() throws IOException
    {
        copyProgram();
        Files.copy(Lab.home().resolve(AGENT).resolve(AGENT_CACHE), home.resolve(AGENT).resolve(AGENT_CACHE));

        assertThatItWorks();
    }

    @Test
    void shouldIgnoreADamagedOneSilently() throws IOException
    {
        copyProgram();
        Files.writeString(home.resolve(AGENT).resolve(AGENT_CACHE), "not a cache");

        assertThatItWorks();
    }

    private void assertThatItWorks()
    {
        final Command.Result result = Command.run(List.of(home.resolve("scripts/headrace").toString(), "version"));

        assertThat(result.exitCode()).isZero();
        assertThat(result.errors()).isEmpty();
        assertThat(result.output()).startsWith("headrace ").hasLineCount(1);
    }

    private void copyProgram() throws IOException
    {
        copy(Path.of("scripts"), "headrace");
        copy(Path.of("scripts/lib"), "*.sh");
        copy(AGENT, "*.jar");
        copy(AGENT.resolve("lib"), "*.jar");
        copy(DATA_PLANE, "*.jar");
    }

    private void copy(final Path directory, final String names) throws IOException
    {
        Files.createDirectories(home.resolve(directory));
        try (DirectoryStream<Path> files = Files.newDirectoryStream(Lab.home().resolve(directory), names))
        {
            for (final Path file : files)
            {
                Files.copy(file, home.resolve(directory).resolve(file.getFileName()));
            }
        }
    }

    private static String maps(final long pid) throws IOException
    {
        return Files.readString(Path.of("/proc", Long.toString(pid), "maps"));
    }
}

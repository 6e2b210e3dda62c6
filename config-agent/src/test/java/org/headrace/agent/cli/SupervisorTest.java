package org.headrace.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.headrace.agent.Await;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

@Timeout(60)
class SupervisorTest
{
    @TempDir
    private Path directory;
    private final StringWriter err = new StringWriter();
    private final AtomicLong working = new AtomicLong(-1);
    private final Supervisor supervisor = new Supervisor(working::get, new PrintWriter(err, true));

    @Test
    void shouldEndWithTheCodeOfAFirstStartThatFailed()
    {
        supervisor.add("first", shell("exec cat"));
        supervisor.add("second", shell("exit 2"));
        assertThat(supervisor.run()).isEqualTo(2);
        assertThat(err.toString()).contains("second could not start (exit code 2)");
    }

    @Test
    void shouldStartAgainWhatEndsUnasked()
    {
        final Path log = directory.resolve("starts");
        supervisor.add("child",
            shell("echo x >> " + log + "; [ $(wc -l < " + log + ") -ge 4 ] && exec cat; kill -9 $$"));
        final CompletableFuture<Integer> result = CompletableFuture.supplyAsync(supervisor::run);
        Await.until("four starts", () -> lines(log) == 4);
        supervisor.stop();
        assertThat(result.join()).isZero();
        assertThat(err.toString()).contains("next start in 0 ms").contains("next start in 100 ms")
            .contains("next start in 200 ms");
    }

    @Test
    void shouldHandOnAReloadAndStopInReverse()
    {
        final Path log = directory.resolve("log");
        supervisor.add("first", shell("trap 'echo first >> " + log + "; exit 0' TERM; while read l; do :; done"));
        supervisor.add("second", shell("trap 'echo second >> " + log + "; exit 0' TERM; echo up >> " + log +
            "; while read line; do echo $line >> " + log + "; done"));
        final CompletableFuture<Integer> result = CompletableFuture.supplyAsync(supervisor::run);
        Await.until("start", () -> lines(log) == 1);
        supervisor.reload();
        Await.until("reload", () -> lines(log) == 2);
        supervisor.stop();
        assertThat(result.join()).isZero();
        assertThat(log).hasContent("up\nreload\nsecond\nfirst\n");
    }

    @Test
    void shouldStartASpareLaterAndStopTheWorkingProcessLast() throws IOException
    {
        final Path log = directory.resolve("log");
        final List<String> command = shell("trap 'echo end $$ >> " + log + "; exit 0' TERM; echo start $$ >> " + log +
            "; while read l; do :; done");
        supervisor.add("pair", command);
        supervisor.add("pair", command);
        final CompletableFuture<Integer> result = CompletableFuture.supplyAsync(supervisor::run);
        Await.until("both", () -> lines(log) == 2);
        final String first = Files.readAllLines(log).getFirst().split(" ")[1];
        final String spare = Files.readAllLines(log).getLast().split(" ")[1];
        // The spare has taken over: it is the one that works.
        working.set(Long.parseLong(spare));
        supervisor.stop();
        assertThat(result.join()).isZero();
        assertThat(Files.readAllLines(log).subList(2, 4)).containsExactly("end " + first, "end " + spare);
    }

    @Test
    void shouldNotEndBecauseASpareCannotStart()
    {
        final Path log = directory.resolve("starts");
        supervisor.add("pair", shell("echo x >> " + log + "; [ $(wc -l < " + log + ") -eq 2 ] && exit 2; exec cat"));
        supervisor.add("pair", shell("echo x >> " + log + "; [ $(wc -l < " + log + ") -eq 2 ] && exit 2; exec cat"));
        final CompletableFuture<Integer> result = CompletableFuture.supplyAsync(supervisor::run);
        Await.until("the spare was started again", () -> lines(log) == 3);
        supervisor.stop();
        assertThat(result.join()).isZero();
        assertThat(err.toString()).contains("pair ended unasked (exit code 2); next start in 3000 ms");
    }

    @Test
    void shouldLetOneProcessOfAKindUseADirectory()
    {
        try (DirectoryLock _ = DirectoryLock.acquire(directory, "run", 0))
        {
            assertThatThrownBy(() -> DirectoryLock.acquire(directory, "run", 0)).isInstanceOf(CommandException.class)
                .hasMessageStartingWith("another headrace run (pid " + ProcessHandle.current().pid() + ") uses ");
            DirectoryLock.acquire(directory, "agent", 0).close();
        }
        DirectoryLock.acquire(directory, "run", 0).close();
    }

    private static List<String> shell(final String script)
    {
        return List.of("/bin/sh", "-c", script);
    }

    private static long lines(final Path file)
    {
        try
        {
            return Files.exists(file) ? Files.readAllLines(file).size() : 0;
        }
        catch (final IOException ex)
        {
            throw new AssertionError(ex);
        }
    }
}

package org.headrace.agent.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.headrace.protocol.Endpoint;
import org.headrace.protocol.IpAddress;
import org.headrace.protocol.ServiceKey;
import org.headrace.protocol.TemplateSnapshot;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

@Timeout(value = 50, unit = TimeUnit.SECONDS)
class TemplateStoreTest
{
    private static final int ENTRIES = 20_000;
    private static final long NOW_MS = 1_800_000_000_000L;

    @TempDir
    Path directory;

    @Test
    void shouldKeepTemplatesOverAClose() throws IOException
    {
        final TemplateSnapshot ipv6 = new TemplateSnapshot(ServiceKey.parse("udp/[fd00::1]:53"),
            IpAddress.parse("fd00:1::"), 64, Endpoint.parse("[fd00::9]:65535"), NOW_MS + 5_000);
        try (TemplateStore store = TemplateStore.open(directory, ENTRIES))
        {
            store.put(Templates.template(1, NOW_MS + 1_000));
            store.put(Templates.template(1, NOW_MS + 2_000));
            store.put(Templates.template(2, NOW_MS - 1));
            store.put(ipv6);
            assertThat(store.size()).isEqualTo(3);
        }
        try (TemplateStore store = TemplateStore.open(directory, ENTRIES))
        {
            assertThat(all(store, NOW_MS)).containsExactlyInAnyOrder(Templates.template(1, NOW_MS + 2_000), ipv6);
        }
    }

    @Test
    void shouldPurgeWhatHasExpired() throws IOException
    {
        try (TemplateStore store = TemplateStore.open(directory, ENTRIES))
        {
            for (int i = 0; i < 1_000; i++)
            {
                store.put(Templates.template(i, NOW_MS + i));
            }
            int purged = 0;
            for (int segment = 0; segment < store.segments(); segment++)
            {
                purged += store.purge(segment, NOW_MS + 599);
            }
            assertThat(purged).isEqualTo(600);
            assertThat(store.size()).isEqualTo(400);
            assertThat(all(store, NOW_MS + 599)).hasSize(400);
        }
    }

    @Test
    void shouldBelongToOneProcess() throws IOException
    {
        try (TemplateStore _ = TemplateStore.open(directory, ENTRIES))
        {
            assertThatThrownBy(() -> TemplateStore.open(directory, ENTRIES)).isInstanceOf(IOException.class)
                .hasMessageContaining("is in use by another agent");
        }
        TemplateStore.open(directory, ENTRIES).close();
    }

    @Test
    void shouldGoOnAfterAKillInTheMiddleOfPuts() throws Exception
    {
        int least = 0;
        for (int round = 0; round < 3; round++)
        {
            least = Math.max(least, putAndKill());
            try (TemplateStore store = TemplateStore.open(directory, ENTRIES))
            {
                final List<TemplateSnapshot> found = all(store, StorePutTool.EXPIRES_MS - 1);
                assertThat(found.size()).isGreaterThanOrEqualTo(Math.min(least, StorePutTool.CLIENTS) - 1);
                for (final TemplateSnapshot template : found)
                {
                    final int client = template.client().ipv4() - 0x0A00_0000;
                    assertThat(template.server().address().ipv4()).isEqualTo(0x0B00_0000 + client);
                }
                for (int i = 0; i < StorePutTool.CLIENTS; i += 7)
                {
                    assertThat(store.put(Templates.template(i, StorePutTool.EXPIRES_MS))).isTrue();
                }
            }
        }
    }

    @Test
    void shouldNotWaitForAHeaderThatNobodyMakes() throws IOException
    {
        final Path file = directory.resolve(TemplateStore.FILE_NAME);
        TemplateStore.open(directory, ENTRIES).close();
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw"))
        {
            // As it is while the file is being made: the highest bit of the size, little-endian.
            bytes.seek(11);
            bytes.write(0x80);
        }
        TemplateStore.open(directory, ENTRIES).close();
        assertThat(directory.resolve(TemplateStore.FILE_NAME + TemplateStore.SET_ASIDE_SUFFIX)).exists();
        Files.delete(directory.resolve(TemplateStore.FILE_NAME + TemplateStore.SET_ASIDE_SUFFIX));
        Files.write(file, new byte[5]);
        TemplateStore.open(directory, ENTRIES).close();
        assertThat(directory.resolve(TemplateStore.FILE_NAME + TemplateStore.SET_ASIDE_SUFFIX)).exists();
    }

    /** Whatever stands in the file: there is a store afterwards, and what it shows are templates. */
    @Test
    void shouldSurviveAnyBytes() throws IOException
    {
        final long seed = Long.getLong("headrace.seed", System.nanoTime());
        System.out.println("seed=" + seed);
        final Random random = new Random(seed);
        final Path file = directory.resolve(TemplateStore.FILE_NAME);
        for (int round = 0; round < 12; round++)
        {
            try (TemplateStore store = TemplateStore.open(directory, ENTRIES))
            {
                for (int i = 0; i < 2_000; i++)
                {
                    store.put(Templates.template(i, NOW_MS + i));
                }
            }
            // As a crash leaves it: what was closed in order is not looked through again.
            Files.delete(directory.resolve(TemplateStore.CLOSED_NAME));
            damage(file, random);
            try (TemplateStore store = TemplateStore.open(directory, ENTRIES))
            {
                all(store, NOW_MS);
                assertThat(store.put(Templates.template(1, NOW_MS + 9))).as("seed=%d round=%d", seed, round).isTrue();
            }
            Files.delete(file);
            Files.deleteIfExists(directory.resolve(TemplateStore.CLOSED_NAME));
        }
    }

    private static void damage(final Path file, final Random random) throws IOException
    {
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw"))
        {
            switch (random.nextInt(3))
            {
                case 0 -> bytes.setLength((long)(random.nextDouble() * bytes.length()));
                case 1 ->
                {
                    final byte[] noise = new byte[200];
                    random.nextBytes(noise);
                    bytes.write(noise);
                }
                default ->
                {
                    for (int i = 0; i < 500; i++)
                    {
                        bytes.seek((long)(random.nextDouble() * bytes.length()));
                        bytes.write(random.nextInt());
                    }
                }
            }
        }
    }

    private int putAndKill() throws Exception
    {
        final List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // The flags that surefire started this process with, but for its agents.
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
            .filter(flag -> flag.startsWith("--") || flag.startsWith("-Dchronicle")).forEach(command::add);
        command.addAll(List.of("-cp", System.getProperty("surefire.test.class.path",
            System.getProperty("java.class.path")), StorePutTool.class.getName(), directory.toString()));
        final Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        int put = 0;
        final StringBuilder output = new StringBuilder();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8)))
        {
            for (String line = lines.readLine(); line != null && put < StorePutTool.CLIENTS; line = lines.readLine())
            {
                output.append(line).append('\n');
                put = line.startsWith("put=") ? Integer.parseInt(line.substring(4)) : put;
            }
        }
        finally
        {
            process.destroyForcibly();
            process.waitFor();
        }
        assertThat(put).as(output.toString()).isGreaterThanOrEqualTo(StorePutTool.CLIENTS);
        return put;
    }

    private static List<TemplateSnapshot> all(final TemplateStore store, final long nowMs)
    {
        final List<TemplateSnapshot> templates = new ArrayList<>();
        for (int segment = 0; segment < store.segments(); segment++)
        {
            templates.addAll(store.read(segment, nowMs));
        }
        return templates;
    }
}

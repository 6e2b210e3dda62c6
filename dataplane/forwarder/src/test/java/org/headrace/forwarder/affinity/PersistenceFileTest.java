package org.headrace.forwarder.affinity;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

class PersistenceFileTest
{
    static final class InMemory implements TempDirFactory
    {
        @Override
        public Path createTempDirectory(final AnnotatedElementContext element, final ExtensionContext extension)
            throws IOException
        {
            return Files.createTempDirectory(Path.of("/dev/shm"), "headrace-persistence-file-test");
        }
    }

    private static final int ENTRIES = 1_024;
    private static final int SERVICES = 64;
    private static final int SERVERS = 1_000;

    /** In memory, as the runtime directory is. */
    @TempDir(factory = InMemory.class)
    Path directory;

    private final ByteArrayOutputStream log = new ByteArrayOutputStream();
    private final List<String> aside = new ArrayList<>();
    private final Template template = new Template();

    @Test
    void shouldFindEverythingAgainInTheFileOfAProcessThatDied()
    {
        final PersistenceTable first = open(7, ENTRIES);
        for (int i = 0; i < 500; i++)
        {
            first.find(key(i), 0);
            first.put(template, i, i * 3L, 50_000 + i, 0);
        }
        first.restored();
        final PersistenceTable second = open(7, ENTRIES);
        for (int i = 0; i < 500; i++)
        {
            assertThat(second.find(key(i), 1_000)).isTrue();
            assertThat(template.server()).isEqualTo(i);
            assertThat(template.identity()).isEqualTo(i * 3L);
        }
        assertThat(second.isRestored()).isTrue();
        assertThat(log.toString(UTF_8)).contains("event=persistence-inherited").contains("torn=0");
    }

    @Test
    void shouldTakeNoMemoryBeforeTemplatesAreWanted() throws IOException
    {
        final int entries = 300_000;
        assertThat(file(entries, 7).open(99, SERVICES, SERVERS, 0).capacity()).isZero();
        // As a successor finds it.
        final PersistenceFile successor = file(entries, 7);
        final PersistenceTable table = successor.open(99, SERVICES, SERVERS, 0);
        assertThat(table.capacity()).isZero();
        final long before = allocatedBytes();
        assertThat(before).isLessThan(PersistenceFile.requiredBytes(entries) / 10);
        successor.reserve(SERVICES, SERVERS, 0);
        assertThat(table.capacity()).isGreaterThanOrEqualTo(entries);
        assertThat(allocatedBytes()).isGreaterThanOrEqualTo(PersistenceFile.requiredBytes(entries));
        put(table);
        assertThat(file(entries, 7).open(99, SERVICES, SERVERS, 0).find(key(1), 0)).isTrue();
    }

    private long allocatedBytes() throws IOException
    {
        final Process stat = new ProcessBuilder("stat", "-c", "%b", file().toString()).start();
        return Long.parseLong(new String(stat.getInputStream().readAllBytes(), UTF_8).trim()) * 512;
    }

    @Test
    void shouldSetAsideAFileOfAnotherBootOrSizeOrKind() throws IOException
    {
        put(open(7, ENTRIES));
        assertAside(open(8, ENTRIES), "bootId=7 (expected 8)");
        put(open(8, ENTRIES));
        assertAside(open(8, ENTRIES * 2), "lengthBytes=");
        Files.write(file(), new byte[100]);
        assertAside(open(8, ENTRIES), "length=100 < 4096");
        Files.write(file(), new byte[(int)PersistenceFile.requiredBytes(ENTRIES)]);
        assertAside(open(8, ENTRIES), "magic=0 version=0 (expected version 2)");
        put(open(8, ENTRIES));
        flip(file(), PersistenceTableDescriptor.SEED_OFFSET);
        assertAside(open(8, ENTRIES), "checksum of the header is wrong");
        Files.delete(file());
        Files.createDirectory(file());
        assertAside(open(8, ENTRIES), "not a regular file");
    }

    /** Whatever bytes stand in the file: the table opens, and what it shows is in range. */
    @Test
    void shouldSurviveAnyBytes() throws IOException
    {
        final long seed = Long.getLong("headrace.seed", System.nanoTime());
        System.out.println("seed=" + seed);
        final Random random = new Random(seed);
        for (int round = 0; round < 300; round++)
        {
            final PersistenceTable made = open(7, ENTRIES);
            for (int i = 0; i < 200; i++)
            {
                made.find(key(random.nextInt(10_000)), 0);
                made.put(template, random.nextInt(SERVERS), 1, 1 + random.nextInt(80_000_000), 0);
            }
            final int changes = 1 + random.nextInt(2_000);
            final long length = Files.size(file());
            final long from = random.nextInt(4) == 0 ? 0 : PersistenceTableDescriptor.HEADER_LENGTH;
            try (RandomAccessFile bytes = new RandomAccessFile(file().toFile(), "rw"))
            {
                for (int i = 0; i < changes; i++)
                {
                    bytes.seek(from + (long)(random.nextDouble() * (length - from)));
                    bytes.write(random.nextInt());
                }
                if (random.nextInt(10) == 0)
                {
                    bytes.setLength((long)(random.nextDouble() * length));
                }
            }
            final PersistenceTable table = open(7, ENTRIES);
            for (int i = 0; i < table.capacity(); i++)
            {
                if (table.read(i, template))
                {
                    assertThat(template.service()).as("seed=%d round=%d", seed, round).isBetween(0, SERVICES - 1);
                    assertThat(template.server()).as("seed=%d round=%d", seed, round).isBetween(0, SERVERS - 1);
                    assertThat(template.prefixLength()).as("seed=%d round=%d", seed, round).isBetween(1, 128);
                    assertThat(template.expiresMs()).as("seed=%d round=%d", seed, round).isLessThan(86_500_000);
                    table.eraseExpired(i, 1_000);
                }
            }
            table.find(key(1), 0);
            assertThat(table.put(template, 1, 1, 5_000, 0)).isNotEqualTo(PersistenceTable.Outcome.BUSY);
        }
    }

    private void put(final PersistenceTable table)
    {
        table.find(key(1), 0);
        table.put(template, 1, 1, 10_000, 0);
    }

    private void assertAside(final PersistenceTable table, final String reason)
    {
        assertThat(table.find(key(1), 0)).as("the table is new").isFalse();
        assertThat(aside).hasSize(1);
        assertThat(aside.removeFirst()).contains(reason);
    }

    private Template key(final int client)
    {
        return template.key(3, 128, 0, client);
    }

    private Path file()
    {
        return directory.resolve(PersistenceFile.FILE_NAME);
    }

    private static void flip(final Path file, final int offset) throws IOException
    {
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw"))
        {
            bytes.seek(offset);
            final int old = bytes.read();
            bytes.seek(offset);
            bytes.write(old ^ 1);
        }
    }

    private PersistenceTable open(final long bootId, final int entries)
    {
        final PersistenceFile opened = file(entries, bootId);
        final PersistenceTable table = opened.open(99, SERVICES, SERVERS, 0);
        opened.reserve(SERVICES, SERVERS, 0);
        return table;
    }

    private PersistenceFile file(final int entries, final long bootId)
    {
        return new PersistenceFile(directory, entries, bootId, this::setAside, new PrintStream(log, true, UTF_8));
    }

    private void setAside(final Path file, final String reason)
    {
        aside.add(reason);
        try
        {
            Files.delete(file);
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }
}

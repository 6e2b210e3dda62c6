package org.headrace.forwarder.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;

/** Mapped files on a real tmpfs (and, as root, on file systems mounted for the test: a full one, hugetlbfs). */
class MappedFileTest
{
    private static final long MIB = 1L << 20;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

    private Path directory;

    @BeforeEach
    void makeDirectory() throws IOException
    {
        assumeTrue(Files.isWritable(Path.of("/dev/shm")), "/dev/shm");
        directory = Files.createTempDirectory(Path.of("/dev/shm"), "headrace-mapped-file-test");
    }

    @AfterEach
    void removeDirectory() throws IOException
    {
        Syscall.unmount(directory.toString());
        try (var files = Files.list(directory))
        {
            for (final Path file : files.toList())
            {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }

    @Test
    void shouldTouchTheStartAndLeaveTheRest()
    {
        final Path file = directory.resolve("table.dat");
        try (MappedFile mapped = MappedFile.map(file, 64 * MIB + 4096, 10 * MIB))
        {
            final MemorySegment memory = mapped.memory();
            assertThat(memory.byteSize()).isEqualTo(64 * MIB + 4096);
            assertThat(memory.address() % PageSupply.HUGE_PAGE).isZero();
            assertThat(pages(mapped).residentBytes()).isBetween(10 * MIB, 12 * MIB);
            assertThat(mapped.hugePageBytes()).isIn(0L, 10 * MIB);
            assertThat(memory.get(LONG, 0)).isZero();
            assertThat(memory.get(LONG, 64 * MIB + 4088)).isZero();
            assertThat(mapped.toString()).contains("touchedBytes=10485760", "fileSystem=tmpfs");
        }
    }

    @Test
    void shouldKeepWhatIsInTheFile()
    {
        final Path file = directory.resolve("table.dat");
        try (MappedFile mapped = MappedFile.map(file, 8 * MIB + 100, 8 * MIB))
        {
            for (long offset = 0; offset < 8 * MIB; offset += 4096)
            {
                mapped.memory().set(LONG, offset, offset + 1);
            }
        }
        try (MappedFile mapped = MappedFile.map(file, 8 * MIB + 100, 8 * MIB + 100))
        {
            for (long offset = 0; offset < 8 * MIB; offset += 4096)
            {
                assertThat(mapped.memory().get(LONG, offset)).isEqualTo(offset + 1);
            }
        }
    }

    @Test
    void shouldReserveTheRestLater()
    {
        try (MappedFile mapped = MappedFile.map(directory.resolve("table.dat"), 40 * MIB, 0))
        {
            assertThat(pages(mapped).residentBytes()).isZero();
            mapped.memory().set(LONG, 33 * MIB, 7);
            mapped.reserve(32 * MIB, 8 * MIB);
            assertThat(pages(mapped).residentBytes()).isEqualTo(8 * MIB);
            assertThat(mapped.memory().get(LONG, 33 * MIB)).isEqualTo(7);
            assertThatThrownBy(() -> mapped.reserve(33 * MIB, 8 * MIB)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("within 41943040 bytes");
        }
    }

    @Test
    void shouldMapLessThanAPage()
    {
        try (MappedFile mapped = MappedFile.map(directory.resolve("table.dat"), 100, 100))
        {
            assertThat(mapped.memory().byteSize()).isEqualTo(100);
            assertThat(mapped.hugePageBytes()).isZero();
        }
    }

    @Test
    void shouldRefuseAFileOfAnotherLength() throws IOException
    {
        final Path file = Files.write(directory.resolve("table.dat"), new byte[10]);
        assertThatThrownBy(() -> MappedFile.map(file, 4096, 4096)).isInstanceOf(IllegalArgumentException.class)
            .hasMessage("file=" + file + " lengthBytes=10 (expected: 4096)");
        assertThat(Files.size(file)).isEqualTo(10);
        assertThatThrownBy(() -> MappedFile.map(file, 4096, 4097)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> MappedFile.map(file, 0, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldRefuseWhatTheHostHasNoMemoryFor()
    {
        final Path file = directory.resolve("table.dat");
        final long lengthBytes = HostMemory.availableBytes() + 1024 * MIB & -4096L;
        assertThatThrownBy(() -> MappedFile.map(file, lengthBytes, lengthBytes))
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("no room for bytes=" + lengthBytes)
            .hasMessageContaining("the host's memory: available=");
        assertThat(file).doesNotExist();
    }

    @Test
    void shouldSayThatTheFileSystemIsFullAndNotBeKilled()
    {
        mount("tmpfs", "size=8m");
        final Path file = directory.resolve("table.dat");
        assertThatThrownBy(() -> MappedFile.map(file, 32 * MIB, 16 * MIB)).isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("no room for bytes=16777216 of file=" + file + " fileSystem=tmpfs")
            .hasMessageContaining("ENOSPC").hasMessageContaining("remount,size=");
        assertThat(file).doesNotExist();
        try (MappedFile mapped = MappedFile.map(file, 32 * MIB, 6 * MIB))
        {
            assertThatThrownBy(() -> mapped.reserve(16 * MIB, 16 * MIB)).hasMessageContaining("ENOSPC");
        }
    }

    @Test
    void shouldUseHugePagesWhereTheMountSaysSo()
    {
        mount("tmpfs", "size=32m,huge=advise");
        try (MappedFile mapped = MappedFile.map(directory.resolve("table.dat"), 16 * MIB, 8 * MIB))
        {
            assertThat(mapped.hugePageBytes()).isIn(0L, 8 * MIB);
            assertThat(pages(mapped).residentBytes()).isEqualTo(8 * MIB);
        }
    }

    @Test
    void shouldSayThatThereAreNoReservedHugePages()
    {
        mount("hugetlbfs", "pagesize=2M,size=4M");
        final Path file = directory.resolve("table.dat");
        assertThatThrownBy(() -> MappedFile.map(file, 9 * MIB, 9 * MIB)).isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("fileSystem=hugetlbfs").hasMessageContaining("raise vm.nr_hugepages");
        assertThat(file).doesNotExist();
    }

    private static MappingPages pages(final MappedFile mapped)
    {
        return MappingPages.of(mapped.memory().address(), mapped.memory().byteSize());
    }

    private void mount(final String type, final String options)
    {
        assumeTrue("root".equals(System.getProperty("user.name")), "root");
        assumeTrue(Syscall.mount(type, directory.toString(), options) == 0, "mount " + type);
    }
}

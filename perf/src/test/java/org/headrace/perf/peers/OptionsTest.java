package org.headrace.perf.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.nio.file.Path;
import java.util.List;

class OptionsTest
{
    private static final Path DEFAULT = Path.of("/somewhere");

    @Test
    void shouldMeasureEverythingAtLengthByDefault()
    {
        final Options options = parse();

        assertThat(options.pace()).isEqualTo(Pace.full(0));
        assertThat(options.targets()).isEmpty();
        assertThat(options.peers()).hasSameSizeAs(PeersPlan.allPeers());
        assertThat(options.directory()).isEqualTo(DEFAULT);
    }

    @Test
    void shouldTakeAllOptions()
    {
        final Options options = parse(
            "--quick", "--runs", "7", "--only", "P5,P7", "--peers", "nftables,io_uring", "--out", "/tmp/x");

        assertThat(options.pace()).isEqualTo(Pace.quick(7));
        assertThat(options.targets()).containsExactly("P5", "P7");
        assertThat(options.peers()).extracting(Peer::name).containsExactly("nftables", "io_uring");
        assertThat(options.directory()).isEqualTo(Path.of("/tmp/x"));
    }

    @Test
    void shouldSayWhatIsWrongAndWhatWouldBeRight()
    {
        assertThatThrownBy(() -> parse("--fast")).hasMessage("unknown option: --fast (try --help)");
        assertThatThrownBy(() -> parse("--runs", "0")).hasMessage("--runs 0 (expected: 1 to 99)");
        assertThatThrownBy(() -> parse("--out")).hasMessage("--out needs a value (try --help)");
        assertThatThrownBy(() -> parse("--only", "P1")).hasMessageStartingWith("--only P1 (expected: P10, ");
        assertThatThrownBy(() -> parse("--peers", "ipvs")).hasMessageContaining("haproxy, nginx");
    }

    private static Options parse(final String... args)
    {
        return Options.parse(List.of(args), DEFAULT);
    }
}

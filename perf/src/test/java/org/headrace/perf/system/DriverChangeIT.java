package org.headrace.perf.system;

import static org.assertj.core.api.Assertions.assertThat;

import org.headrace.perf.lab.Await;
import org.headrace.perf.lab.HeadraceConfig;
import org.headrace.perf.lab.HeadraceInstance;
import org.headrace.perf.lab.Lab;
import org.headrace.perf.lab.LabNetwork;
import org.headrace.perf.load.EchoLoad;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Another packet driver takes over from a killed one: connections go on, and nothing of the former driver is left. */
@NeedsLab
class DriverChangeIT
{
    private static final int PORT = 7;
    private static final int SERVER_PORT = 7_007;

    @ParameterizedTest(name = "{1} after {0}")
    @CsvSource({"io_uring, af_xdp", "af_xdp, io_uring"})
    void shouldGoOnWithTheOtherDriver(final String former, final String next)
    {
        // Peers without offloads suit both drivers.
        try (Lab lab = Lab.create("af_xdp", 1))
        {
            final HeadraceInstance first = HeadraceInstance.start(lab, config(lab, former));
            assertThat(driverOf(first)).isEqualTo(former);
            assertThat(pins(lab)).hasSize(LabNetwork.SERVERS + 1).allMatch(pin -> pin.startsWith(pinsOf(former)));
            try (EchoLoad echo = EchoLoad.start(
                lab.server(1), SERVER_PORT, lab.client(), new InetSocketAddress(LabNetwork.VIP, PORT)))
            {
                awaitEchoes(echo);
                killEverything(first);
                HeadraceInstance.writeConfig(lab, config(lab, next));

                final HeadraceInstance second = HeadraceInstance.startAgain(lab);

                awaitEchoes(echo);
                assertThat(echo.tally().failures()).isEmpty();
                assertThat(driverOf(second)).isEqualTo(next);
                assertThat(pins(lab)).hasSize(LabNetwork.SERVERS + 1).allMatch(pin -> pin.startsWith(pinsOf(next)));
                assertThat(second.stop()).isZero();
                assertThat(pins(lab)).isEmpty();
            }
        }
    }

    private static HeadraceConfig config(final Lab lab, final String io)
    {
        return new HeadraceConfig(lab).io(io).listener("echo", "tcp", PORT, SERVER_PORT, "rr", List.of(1));
    }

    private static String driverOf(final HeadraceInstance headrace)
    {
        return headrace.json("status").path("dataplane").path("io").asString();
    }

    private static String pinsOf(final String io)
    {
        return "af_xdp".equals(io) ? "xdp-native-" : "ingress-";
    }

    private static List<String> pins(final Lab lab)
    {
        final Path directory = Path.of("/sys/fs/bpf/headrace-dev_shm_" + lab.name().replace('-', '_'));
        final String[] names = directory.toFile().list();
        return names == null ? List.of() : List.of(names);
    }

    private static void killEverything(final HeadraceInstance headrace)
    {
        final ProcessHandle supervisor = ProcessHandle.of(headrace.process().pid()).orElseThrow();
        final List<ProcessHandle> all = new ArrayList<>(supervisor.descendants().toList());
        // First of all who would start the others again.
        all.addFirst(supervisor);
        all.forEach(ProcessHandle::destroyForcibly);
        Await.until("all have ended", RunningLab.LIMIT, () -> all.stream().noneMatch(ProcessHandle::isAlive));
    }

    private static void awaitEchoes(final EchoLoad echo)
    {
        final long enough = echo.tally().answered() + 50;
        Await.until(() -> "echoes: " + echo.tally().failures(), RunningLab.LIMIT,
            () -> echo.tally().answered() >= enough);
    }
}

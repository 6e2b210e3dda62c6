package org.headrace.perf.demo;

import org.HdrHistogram.Histogram;
import org.headrace.perf.lab.Await;
import org.headrace.perf.lab.HeadraceInstance;
import org.headrace.perf.lab.Lab;
import org.headrace.perf.lab.LabNetwork;
import org.headrace.perf.lab.LabProcess;
import org.headrace.perf.lab.LabServers;
import org.headrace.perf.lab.ServiceCounters;
import org.headrace.perf.load.DnsLoad;
import org.headrace.perf.load.LatencyProbe;
import org.headrace.perf.load.WrkReport;
import org.headrace.protocol.counters.CountersFile;
import org.headrace.protocol.counters.ServerCounter;

import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;

/**
 * The parts of the demo, in their order. Each drives one kind of client and adds to the result.
 */
final class Demo implements AutoCloseable
{
    static final List<Integer> WEIGHTS = List.of(100, 50, 50);

    private static final String HTTP = "tcp/" + LabNetwork.VIP + ":80";
    private static final String HTTP6 = "tcp/[" + LabNetwork.VIP6 + "]:80";
    private static final String DNS = "udp/" + LabNetwork.VIP + ":53";
    private static final String BULK = "tcp/" + LabNetwork.VIP + ":" + LabServers.IPERF_PORT;
    private static final String URL = "http://" + LabNetwork.VIP + "/";
    private static final String URL6 = "http://[" + LabNetwork.VIP6 + "]/";
    private static final int CURL_REQUESTS = 40;
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final Lab lab;
    private final HeadraceInstance headrace;
    private final DemoResult result;
    private final CountersFile counters;
    private final LatencyProbe probe;
    private final LiveView view;
    private final ServiceCounters http;

    Demo(
        final Lab lab,
        final HeadraceInstance headrace,
        final DemoResult result,
        final boolean isTerminal,
        final PrintStream out)
    {
        this.lab = lab;
        this.headrace = headrace;
        this.result = result;
        counters = headrace.counters();
        http = ServiceCounters.find(counters, HTTP);
        probe = LatencyProbe.start(lab.client(), new InetSocketAddress(LabNetwork.VIP, 53));
        view = new LiveView(counters, probe, isTerminal, out);
    }

    void run()
    {
        final long[] before = http.all(ServerCounter.CONNECTIONS);
        addedLatency();
        curl();
        wrk("wrk, a new connection per request", 8, true, URL, http);
        wrk("wrk, kept-alive connections", 8, false, URL, http);
        result.onShares("shares of " + HTTP, http, before);
        final ServiceCounters http6 = ServiceCounters.find(counters, HTTP6);
        final long[] before6 = http6.all(ServerCounter.CONNECTIONS);
        wrk("wrk over IPv6, a new connection per request", 5, true, URL6, http6);
        result.onShares("shares of " + HTTP6, http6, before6);
        dns();
        operate();
        bulk();
        result.onRequests("probe, one question every 2 ms all the time",
            probe.tally().answered(), probe.tally().failed());
        result.line(LiveView.dropText(counters));
    }

    @Override
    public void close()
    {
        probe.close();
        counters.close();
    }

    private void addedLatency()
    {
        view.phase("Nothing but the probes: through Headrace, and around it", ServiceCounters.find(counters, DNS));
        final InetSocketAddress direct = new InetSocketAddress(LabNetwork.serverAddress(1), LabServers.DIRECT_DNS_PORT);
        try (LatencyProbe around = LatencyProbe.start(lab.client(), direct))
        {
            watch(2);
            // What came before was the start of everything: code not yet compiled, neighbours not yet known.
            final Histogram through = new Histogram(probe.interval());
            through.reset();
            around.interval();
            Await.pass(Duration.ofSeconds(3));
            through.add(probe.interval());
            final Histogram aside = around.interval();
            result.onRequests("probe around Headrace", around.tally().answered(), around.tally().failed());
            result.line("round trip, idle: through Headrace " + shortText(through) +
                "; routed by the kernel alone " + shortText(aside));
            result.line(String.format(Locale.ROOT, "added latency, idle: p50 %+.0f us, p99 %+.0f us",
                (through.getValueAtPercentile(50) - aside.getValueAtPercentile(50)) / 1e3,
                (through.getValueAtPercentile(99) - aside.getValueAtPercentile(99)) / 1e3));
        }
    }

    private void curl()
    {
        view.phase("curl, " + CURL_REQUESTS + " requests one after the other, a new connection each", http);
        final String output = lab.client().check("curl", "-sS", "--max-time", "20", "-H", "Connection: close",
            URL + "?[1-" + CURL_REQUESTS + "]");
        final long answered = output.lines().filter(line -> line.startsWith("server")).count();
        view.draw();
        result.onRequests("curl", answered, CURL_REQUESTS - answered);
    }

    private void wrk(
        final String what, final int seconds, final boolean isShort, final String url, final ServiceCounters shown)
    {
        view.phase(what, shown);
        final LabProcess wrk = startWrk(seconds, isShort, url);
        watchWhile(wrk::isAlive);
        result.onWrk(what, WrkReport.parse(wrk.output()));
    }

    private LabProcess startWrk(final int seconds, final boolean isShort, final String url)
    {
        final List<String> arguments = new ArrayList<>(List.of(
            "wrk", "-t", "1", "-c", "32", "-d", seconds + "s", "--timeout", "5s"));
        if (isShort)
        {
            arguments.addAll(List.of("-H", "Connection: close"));
        }
        arguments.add(url);
        return lab.start("wrk", lab.client(), arguments);
    }

    private void dns()
    {
        final ServiceCounters dns = ServiceCounters.find(counters, DNS);
        view.phase("UDP: questions and answers, a new source port every 10 questions", dns);
        final long[] before = dns.all(ServerCounter.CONNECTIONS);
        try (DnsLoad load = DnsLoad.start(
            lab.client(), new InetSocketAddress(LabNetwork.VIP, 53), 4, 10, Long.MAX_VALUE))
        {
            watch(6);
            result.onTally("UDP client", load.stop());
        }
        result.onShares("shares of " + DNS, dns, before);
        final String answer = lab.client().check("dig", "@" + LabNetwork.VIP, "who.lab", "TXT", "+short", "+tries=1");
        final int answered = answer.contains("server") ? 1 : 0;
        result.onRequests("dig " + answer.strip(), answered, 1 - answered);
    }

    private void operate()
    {
        view.phase("An operator drains a server and brings it back while wrk runs", http);
        final LabProcess wrk = startWrk(12, true, URL);
        watch(3);
        headrace.ctl("drain", HTTP, http.name(0));
        // Connections that were being opened when the command was given are done within a moment.
        Await.pass(Duration.ofMillis(100));
        final long before = http.get(0, ServerCounter.CONNECTIONS);
        watch(3);
        final long opened = http.get(0, ServerCounter.CONNECTIONS) - before;
        result.line("new connections to the drained server: " + opened);
        if (opened != 0)
        {
            result.complain("a drained server got new connections: " + opened);
        }
        headrace.ctl("undrain", HTTP, http.name(0));
        watchWhile(wrk::isAlive);
        result.onWrk("wrk while a server was drained and brought back", WrkReport.parse(wrk.output()));
    }

    private void bulk()
    {
        view.phase("iperf3, one stream", ServiceCounters.find(counters, BULK));
        final LabProcess iperf = lab.start("iperf3-client", lab.client(), List.of(
            "iperf3", "-c", LabNetwork.VIP, "-p", Integer.toString(LabServers.IPERF_PORT), "-t", "4", "-f", "g"));
        watchWhile(iperf::isAlive);
        final String[] lines = iperf.output().lines().filter(line -> line.contains("receiver")).toArray(String[]::new);
        if (lines.length == 0)
        {
            result.complain("iperf3 did not finish: " + iperf.output().strip());
            return;
        }
        final List<String> words = Arrays.asList(lines[0].strip().split("\\s+"));
        final int unit = words.indexOf("Gbits/sec");
        result.line("iperf3, one stream: " + (unit > 0 ? words.get(unit - 1) : "?") + " Gbit/s");
    }

    private void watch(final int seconds)
    {
        for (int i = 0; i < seconds; i++)
        {
            Await.pass(SECOND);
            view.draw();
        }
    }

    private void watchWhile(final BooleanSupplier condition)
    {
        while (!Await.holdsWithin(SECOND, () -> !condition.getAsBoolean()))
        {
            view.draw();
        }
        view.draw();
    }

    private static String shortText(final Histogram latency)
    {
        return String.format(Locale.ROOT, "p50 %.0f us p99 %.0f us",
            latency.getValueAtPercentile(50) / 1e3, latency.getValueAtPercentile(99) / 1e3);
    }
}

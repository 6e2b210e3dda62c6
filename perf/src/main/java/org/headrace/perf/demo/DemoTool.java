package org.headrace.perf.demo;

import org.headrace.perf.lab.HeadraceConfig;
import org.headrace.perf.lab.HeadraceInstance;
import org.headrace.perf.lab.Lab;
import org.headrace.perf.lab.LabNetwork;
import org.headrace.perf.lab.LabRemoval;

import java.io.PrintStream;
import java.util.List;

/**
 * {@code scripts/demo}: lays the laboratory, runs Headrace in it under traffic from real clients, shows what happens,
 * and removes everything.
 */
public final class DemoTool
{
    private static final PrintStream OUT = System.out;
    private static volatile boolean isFinished;
    private static volatile boolean isInterrupted;

    private DemoTool()
    {
    }

    /** @param args {@code --keep}, {@code --remove} or nothing. */
    public static void main(final String[] args)
    {
        final List<String> options = List.of(args);
        if (options.contains("--remove"))
        {
            System.exit(remove());
        }
        Runtime.getRuntime().addShutdownHook(new Thread(DemoTool::sayIfInterrupted, "demo-interrupted"));
        final int exitCode = run(options.contains("--keep"));
        isFinished = true;
        System.exit(exitCode);
    }

    private static void sayIfInterrupted()
    {
        if (!isFinished)
        {
            isInterrupted = true;
            OUT.println("\nInterrupted: removing the laboratory");
        }
    }

    private static int remove()
    {
        final List<String> removed = LabRemoval.sweep(true);
        OUT.println(removed.isEmpty() ? "No laboratory was left." : "Removed " + String.join(", ", removed) + ".");
        return 0;
    }

    private static int run(final boolean isKept)
    {
        OUT.println("Laying the laboratory: a client, a balancer, three servers");
        try (Lab lab = Lab.create())
        {
            OUT.println("Starting Headrace (" + lab.io() + ") in " + lab.balancer().name());
            final HeadraceInstance headrace =
                HeadraceInstance.start(lab, new HeadraceConfig(lab).usual(Demo.WEIGHTS));
            final DemoResult result = new DemoResult();
            try (Demo demo = new Demo(lab, headrace, result, Boolean.getBoolean("headrace.demo.terminal"), OUT))
            {
                demo.run();
            }
            OUT.println();
            OUT.println("headrace ctl services:");
            OUT.print(headrace.ctl("services").indent(2));
            result.print(OUT);
            if (isKept)
            {
                lab.keep();
                explain(lab);
            }
            return result.isGood() ? 0 : 1;
        }
        catch (final RuntimeException e)
        {
            // After an interrupt everything fails, because it is being taken away.
            if (!isInterrupted)
            {
                System.err.println("demo: " + e.getMessage());
            }
            return 1;
        }
    }

    private static void explain(final Lab lab)
    {
        OUT.printf("""

            The laboratory goes on running. Try:
              nsenter --net=%1$s curl http://%3$s/
              nsenter --net=%2$s scripts/headrace ctl --directory %4$s services
              nsenter --net=%2$s scripts/headrace ctl --directory %4$s drain tcp/%3$s:80 %5$s:8080
            Its configuration and logs are in %6$s. Remove it with: scripts/demo --remove
            """, lab.client().path(), lab.balancer().path(), LabNetwork.VIP, lab.runtimeDirectory(),
            LabNetwork.serverAddress(1), lab.directory());
    }
}

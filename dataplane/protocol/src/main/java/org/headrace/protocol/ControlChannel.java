package org.headrace.protocol;

import java.nio.file.Path;

/** Where the two sides of the control protocol meet: an Aeron IPC channel of the data plane's embedded media driver. */
public final class ControlChannel
{
    /** Aeron channel of both streams. */
    public static final String CHANNEL = "aeron:ipc";
    /** Stream from the agent to the data plane. */
    public static final int REQUEST_STREAM_ID = 1001;
    /** Stream from the data plane to the agent. */
    public static final int RESPONSE_STREAM_ID = 1002;
    /** Both sides send a heartbeat this often. */
    public static final long HEARTBEAT_INTERVAL_MS = 1_000;
    /** A side that was silent for this long counts as lost. */
    public static final long HEARTBEAT_TIMEOUT_MS = 3_000;
    /** Longest message, header included; far below Aeron's MTU, so that no message is ever fragmented. */
    public static final int MAX_MESSAGE_LENGTH = 1_024;
    /** Most bytes of one text of a message. */
    public static final int MAX_TEXT_LENGTH = 512;
    /** Most connections of one page. */
    public static final int MAX_PAGE_SIZE = 1_000;

    private ControlChannel()
    {
    }

    /**
     * @param runtimeDirectory of the data plane.
     * @return directory of its media driver.
     */
    public static Path aeronDirectory(final Path runtimeDirectory)
    {
        return runtimeDirectory.resolve("aeron");
    }
}

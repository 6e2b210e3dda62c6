package org.headrace.forwarder.io.bpf;

/**
 * The picker program's stack, as offsets from the frame pointer. Every part starts on eight bytes, so that addresses
 * are stored by double words.
 * <pre>
 *   -24  service key   the end that may be a service: destination, or the quoted packet's source
 *   -48  server key    the end that may be a server: source, or the quoted packet's destination
 *   -64  local key     destination address of the packet itself
 *  -104  header        bytes loaded from the packet
 *  -144  fragment key  source, destination, identification, protocol
 *  -152  fragment value  the client's hash
 *  -160  1 if this is a first fragment
 * </pre>
 */
final class PickerStack
{
    static final int SERVICE_KEY = -24;
    static final int SERVER_KEY = -48;
    static final int LOCAL_KEY = -64;
    static final int HEADER = -104;
    static final int FRAGMENT_KEY = -144;
    static final int FRAGMENT_VALUE = -152;
    static final int IS_FIRST_FRAGMENT = -160;

    static final int FRAGMENT_SOURCE = FRAGMENT_KEY;
    static final int FRAGMENT_DESTINATION = FRAGMENT_KEY + 16;
    static final int FRAGMENT_IDENTIFICATION = FRAGMENT_KEY + 32;
    static final int FRAGMENT_PROTOCOL = FRAGMENT_KEY + 36;
    static final int FRAGMENT_KEY_BYTES = 40;

    private PickerStack()
    {
    }
}

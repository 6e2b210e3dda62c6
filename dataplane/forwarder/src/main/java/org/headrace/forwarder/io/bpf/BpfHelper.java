package org.headrace.forwarder.io.bpf;

/** Functions of the kernel that programs call ({@code linux/bpf.h}, {@code enum bpf_func_id}). */
enum BpfHelper
{
    /** {@code void *bpf_map_lookup_elem(map, key)}. */
    MAP_LOOKUP_ELEM(1),
    /** {@code long bpf_map_update_elem(map, key, value, flags)}. */
    MAP_UPDATE_ELEM(2),
    /** {@code long bpf_map_delete_elem(map, key)}. */
    MAP_DELETE_ELEM(3),
    /** {@code long bpf_redirect(ifindex, flags)}. */
    REDIRECT(23),
    /** {@code long bpf_skb_load_bytes(skb, offset, to, len)}: 0, or negative when the packet is too short. */
    SKB_LOAD_BYTES(26),
    /** {@code long bpf_redirect_map(map, key, flags)}: flags is what the program returns if the map has no such key. */
    REDIRECT_MAP(51),
    /** {@code long bpf_xdp_adjust_meta(xdp_md, delta)}: 0, or negative when there is no room before the frame. */
    XDP_ADJUST_META(54),
    /** {@code long bpf_xdp_load_bytes(xdp_md, offset, to, len)}: 0, or negative when the frame is too short. */
    XDP_LOAD_BYTES(189),
    /** {@code long bpf_xdp_store_bytes(xdp_md, offset, from, len)}. */
    XDP_STORE_BYTES(190);

    private final int id;

    BpfHelper(final int id)
    {
        this.id = id;
    }

    int id()
    {
        return id;
    }
}

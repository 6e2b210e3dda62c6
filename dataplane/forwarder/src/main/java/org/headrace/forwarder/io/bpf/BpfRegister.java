package org.headrace.forwarder.io.bpf;

/** The registers of eBPF ({@code linux/bpf.h}, {@code BPF_REG_*}); the ordinal is the register's number. */
enum BpfRegister
{
    /** Result of helpers and of the program; lost by a call. */
    R0,
    /** First argument; lost by a call. */
    R1,
    /** Second argument; lost by a call. */
    R2,
    /** Third argument; lost by a call. */
    R3,
    /** Fourth argument; lost by a call. */
    R4,
    /** Fifth argument; lost by a call. */
    R5,
    /** Survives calls. */
    R6,
    /** Survives calls. */
    R7,
    /** Survives calls. */
    R8,
    /** Survives calls. */
    R9,
    /** Frame pointer: the 512 bytes below it are the stack. */
    FP
}

/** How a child says that it took more memory than it may: the code of a process that the system killed for it. */
export const OUT_OF_MEMORY = 137;

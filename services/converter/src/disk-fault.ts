/** Whether an error says that our disk is full or can't be written: that waits, and rejects no master. */
export function isDiskFault(thrown: unknown): boolean {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const code: unknown = thrown instanceof Error ? Reflect.get(thrown, 'code') : undefined;
  return (
    /^(ENOSPC|EDQUOT|EROFS|EIO)$/.test(String(code)) || /No space left|ENOSPC|Disk quota|Read-only file system|write error/i.test(message)
  );
}

import AuthgearResolver
import Bytes
import Fixtures
import Telemetry
import Testing

@Suite struct SchedulingNoteTests {
    @Test func `a policy that the system refuses is told, with what can be done`() async {
        let log = TestLog()
        LimitedLog(log.logger).note(SystemError(code: 1))
        #expect(
            log.lines == [
                "warning a worker's thread can't be scheduled as `scheduling` says reason=permission denied "
                    + "remedy=allow the system call sched_setscheduler, or set scheduling: other"
            ])
    }
}

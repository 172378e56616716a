package main

import (
	"fmt"

	"github.com/goshawk-hunt/goshawk/evidence"
)

// taskXML is the definition of a task as event 4698 carries it.
const taskXML = `<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Date>2024-03-01T10:00:00</Date>
    <Author>%[1]s</Author>
    <URI>%[2]s</URI>
  </RegistrationInfo>
  <Triggers>
    <CalendarTrigger>
      <StartBoundary>2024-03-01T%02[3]d:00:00</StartBoundary>
      <Enabled>true</Enabled>
      <ScheduleByDay>
        <DaysInterval>1</DaysInterval>
      </ScheduleByDay>
    </CalendarTrigger>
  </Triggers>
  <Principals>
    <Principal id="Author">
      <RunLevel>LeastPrivilege</RunLevel>
      <UserId>%[1]s</UserId>
      <LogonType>InteractiveToken</LogonType>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <Enabled>true</Enabled>
    <ExecutionTimeLimit>PT72H</ExecutionTimeLimit>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>%[4]s</Command>
      <Arguments>--update --id %[5]x</Arguments>
    </Exec>
  </Actions>
</Task>`

// task is a run of a task in the task scheduler's log, and now and then Security 4698
// with 106 of a new one.
func (m *machine) task() {
	name := fmt.Sprintf(`\Vendor\Update task %d`, m.rng.IntN(120))
	image := programs[m.rng.IntN(len(programs))]
	if m.rng.IntN(8) == 0 {
		m.subject("Subject")
		m.text("TaskName", name)
		m.text("TaskContent", fmt.Sprintf(taskXML, m.account(), name, m.rng.IntN(24), image, m.rng.Uint64()))
		m.uint("ClientProcessStartKey", m.rng.Uint64N(1<<50))
		m.uint("ClientProcessId", m.anyProcess().pid)
		m.uint("ParentProcessId", 1188)
		m.uint("RpcCallClientLocality", 0)
		m.text("FQDN", m.name)
		m.emit(m.security, 4698, 12804, 1)
		m.text("TaskName", name)
		m.text("UserContext", m.account())
		m.emit(m.tasks, 106, 106, 0)
		return
	}
	instance := m.guid()
	m.text("TaskName", name)
	m.text("UserContext", m.account())
	m.id("InstanceId", instance)
	m.emit(m.tasks, 100, 100, 0)
	m.text("TaskName", name)
	m.text("Path", image)
	m.uint("ProcessID", m.anyProcess().pid)
	m.uint("Priority", 16384)
	m.emit(m.tasks, 129, 129, 0)
	m.text("TaskName", name)
	m.text("ActionName", image)
	m.id("TaskInstanceId", instance)
	m.uint("EnginePID", m.anyProcess().pid)
	m.emit(m.tasks, 200, 200, 1)
	m.now += evidence.TicksPerSecond
	m.text("TaskName", name)
	m.id("TaskInstanceId", instance)
	m.text("ActionName", image)
	m.uint("ResultCode", 0)
	m.uint("EnginePID", m.anyProcess().pid)
	m.emit(m.tasks, 201, 201, 2)
}

package jsonl

import (
	"strings"
)

// shape is what an object is taken for.
type shape uint8

const (
	unknownShape  shape = iota
	nxlogShape          // a flat event, EventTime in the sender's zone
	azureShape          // a flat event, TimeCreated
	beatsShape          // Winlogbeat up to 6
	ecsShape            // Winlogbeat from 7
	ecsFlatShape        // the same with dotted keys
	dumpShape           // evtx_dump and other translations of event XML: Event
	systemShape         // Velociraptor's parse_evtx: System at the top
	veloRowShape        // a row of Velociraptor's event log artifacts
	plainShape          // any other object with a Windows event's fields at the top
	hayabusaShape       // a line of Hayabusa's timeline
	streamShape         // Defender's streaming API
	sentinelShape       // a row of a Log Analytics table
	defenderShape       // a row of a Defender table
	toolShape           // a row of EvtxECmd, Get-WinEvent or Splunk
	taskShape           // a scheduled task as a collector lists it
	wazuhShape          // an event that Wazuh's agent sent
	innerShape          // an object that holds the real one
)

// label is the Shape of records.
func (s shape) label() string {
	switch s {
	case nxlogShape:
		return "nxlog"
	case azureShape:
		return "azure"
	case beatsShape:
		return "winlogbeat"
	case ecsShape, ecsFlatShape:
		return "ecs"
	case dumpShape:
		return "evtx_dump"
	case systemShape, veloRowShape:
		return "velociraptor"
	case plainShape:
		return "json-event"
	case hayabusaShape:
		return "hayabusa"
	case streamShape:
		return "defender-stream"
	case sentinelShape:
		return "sentinel-json"
	case defenderShape:
		return "defender-rows"
	case toolShape:
		return "tool-rows"
	case taskShape:
		return "task-list"
	case wazuhShape:
		return "wazuh"
	}
	return "json"
}

// columns that rows of Defender tables have beside Timestamp, at least one
var defenderColumns = setOf(nDeviceID, nDeviceName, nActionType, nReportID, nFileName, nSHA1, nSHA256, nAccountUpn, nAccountObjectID, nRemoteIP, nTableDollar)

var sentinelColumns = setOf(nType, nTenantID, nSourceSystem, nTableDollar, nComputer, nDeviceName)

// shapeOf tells the shape of an object by its keys.
func (d *doc) shapeOf(obj uint32) shape {
	var have names
	for m := obj + 1; m < d.nodes[obj].next; m = d.nodes[m].next {
		have.add(d.nodes[m].name)
	}
	return d.classify(obj, have)
}

func (d *doc) classify(obj uint32, have names) shape {
	switch {
	case have.has(nEvent) && d.isObject(obj, "Event", "System"):
		return dumpShape
	case have.has(nSystem) && d.isObject(obj, "System"):
		return systemShape
	case have.has(nWinlog) && d.isObject(obj, "winlog"):
		return ecsShape
	case have.has(nWinlogEventID):
		return ecsFlatShape
	case have.has(nEventIDLower, nLogName):
		return beatsShape
	case have.has(nCategory, nProperties):
		if strings.HasPrefix(d.textAt(obj, "category"), streamPrefix) && d.isObject(obj, "properties") {
			return streamShape
		}
	case have.has(nTimeGenerated) && have.any(sentinelColumns):
		return sentinelShape
	case have.has(nEventID):
		return windowsShape(have)
	case have.has(nTimestamp) && have.any(defenderColumns):
		return defenderShape
	case have.has(nSource) && d.isObject(obj, "_source"), have.has(nDocument) && d.isObject(obj, "document", "data", "Event"),
		have.has(nData) && d.isObject(obj, "data", "Event"):
		return innerShape
	case have.has(nData) && d.isObject(obj, "data", "win", "system"):
		return wazuhShape
	case d.isObject(obj, "result") && d.hasAll(obj, "preview"), d.isObject(obj, "fields") && d.hasAll(obj, "_index"):
		return innerShape
	case d.isTaskList(obj):
		return taskShape
	case d.hasAll(obj, "_raw"), d.hasAll(obj, "EventId", "Channel", "Payload", "TimeCreated"), d.hasAll(obj, "Id", "LogName", "ProviderName", "RecordId", "TimeCreated"):
		return toolShape
	}
	return unknownShape
}

// hasAll says whether an object has all of the keys.
func (d *doc) hasAll(obj uint32, keys ...string) bool {
	for _, key := range keys {
		if _, ok := d.find(obj, key); !ok {
			return false
		}
	}
	return true
}

// windowsShape tells the objects apart that have an EventID at the top.
func windowsShape(have names) shape {
	switch {
	case have.has(nRuleTitle, nComputer):
		return hayabusaShape
	case have.has(nHostname, nEventTime):
		return nxlogShape
	case have.has(nHostname, nTimeCreated), have.has(nHostname, nTimestampAt, nChannel):
		return azureShape
	case have.has(nEventTime) && have.any(setOf(nComputer, nEventRecordID, nVeloSource)):
		return veloRowShape
	case have.has(nChannel, nComputer) && have.any(setOf(nTimeCreated, nTimestampAt)):
		return plainShape
	}
	return unknownShape
}

// isObject says whether a path leads to an object.
func (d *doc) isObject(obj uint32, keys ...string) bool {
	m, ok := d.path(obj, keys...)
	return ok && d.nodes[m].kind == kObject
}

// inner gives the object inside an envelope of a single one.
func (d *doc) inner(obj uint32) (uint32, bool) {
	if m, ok := d.find(obj, "_source"); ok && d.nodes[m].kind == kObject {
		return m, true
	}
	if m, ok := d.find(obj, "result"); ok && d.nodes[m].kind == kObject {
		return m, true
	}
	if m, ok := d.find(obj, "fields"); ok && d.nodes[m].kind == kObject {
		return m, true
	}
	if m, ok := d.path(obj, "document", "data"); ok {
		return m, true
	}
	return d.path(obj, "data")
}

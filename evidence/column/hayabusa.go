package column

// HayabusaChannel undoes the abbreviations of Hayabusa's default configuration.
func HayabusaChannel(s string) string {
	switch s {
	case "Sec":
		return "Security"
	case "Sys":
		return "System"
	case "App":
		return "Application"
	case "Sysmon":
		return "Microsoft-Windows-Sysmon/Operational"
	case "TaskSch":
		return "Microsoft-Windows-TaskScheduler/Operational"
	case "PwSh":
		return "Microsoft-Windows-PowerShell/Operational"
	case "PwShClassic":
		return "Windows PowerShell"
	case "Defender":
		return "Microsoft-Windows-Windows Defender/Operational"
	case "BitsCli":
		return "Microsoft-Windows-Bits-Client/Operational"
	case "WMI":
		return "Microsoft-Windows-WMI-Activity/Operational"
	}
	return s
}

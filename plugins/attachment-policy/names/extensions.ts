// Owns the lists of file name endings. They are data; what follows from them is decided elsewhere.

/** What runs, installs or mounts when it is opened, on some system in use. */
export const dangerousExtensions: readonly string[] = words(`
  exe scr com pif cpl dll ocx sys drv gadget xbap vsto shb shs
  bat cmd ps1 ps1xml ps2 psc1 psm1 psd1 msh msh1 msh2
  vb vbs vbe js jse mjs ws wsf wsh wsc sct hta
  msi msp mst msix msixbundle appx appxbundle appref-ms application appinstaller
  jar jnlp
  lnk url website rdp scf reg inf ins isp library-ms search-ms searchconnector-ms settingcontent-ms
  theme themepack diagcab msc mcf iqy slk xll wll xlam ppam ppa
  chm hlp
  iso img vhd vhdx vmdk udf wim swm esd
  ade adp mde mdb accde accdr mda mdz mad maf mag mam maq mar mas mat mau mav maw
  xla xlm odc oqy dqy rqy udl
  msu job htc hpj its grp pcd ps2xml psc2 mshxml msh1xml msh2xml cdxml appcontent-ms wsb
  deskthemepack diagpkg printerexport webpnp xnk vsw fxp ahk au3 pyw pyz pyzw
  cab ace
  command terminal workflow scpt scptd applescript action tool inetloc fileloc webloc mobileconfig
  dmg pkg mpkg
  desktop appimage deb rpm
  apk
`);

/** What people open without a second thought, and so what a program likes to be taken for. */
export const documentExtensions: ReadonlySet<string> = new Set(
  words(`
  pdf doc docx docm dot dotx xls xlsx xlsm xlsb csv ppt pptx pps ppsx odt ods odp rtf txt log md
  htm html xml json eml msg ics vcf
  jpg jpeg png gif bmp tif tiff webp heic svg psd ai eps
  mp3 wav ogg flac m4a mp4 avi mov mkv mpg mpeg wmv webm
  zip rar 7z gz tar tgz
`),
);

function words(text: string): string[] {
  return text.trim().split(/\s+/);
}
